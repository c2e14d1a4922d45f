// GET /hello answers with a greeting.
import { api } from '@motia/core';

export default api(
  {
    id: 'hello',
    method: 'GET',
    path: '/hello',
    schema: { query: { type: 'object', properties: { name: { type: 'string', default: 'world' } } } },
  },
  async ({ query }) => ({ message: `Hello, ${query.name}!` }),
);
