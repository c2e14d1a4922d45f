// GET /hello answers with a greeting.
import { api } from '@motia/core';
import { z } from 'zod';

export default api(
  { id: 'hello', method: 'GET', path: '/hello', schema: { query: z.object({ name: z.string().default('world') }) } },
  async ({ query }) => ({ message: `Hello, ${query.name}!` }),
);
