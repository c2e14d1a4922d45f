// GET /hello asks a step of each other language for a greeting, all at once.
import { api, motia } from '@motia/core';
import { z } from 'zod';

export default api(
  {
    id: 'hello',
    method: 'GET',
    path: '/hello',
    schema: { query: z.object({ name: z.string().default('world') }) },
    triggers: ['greet-in-javascript', 'greet-in-python', 'greet-in-ruby'],
  },
  async ({ query: { name } }) => {
    const [javascript, python, ruby] = await Promise.all([
      motia.call('greet-in-javascript', { name }),
      motia.call('greet-in-python', { name }),
      motia.call('greet-in-ruby', { name }),
    ]);
    return { typescript: `Hello, ${name}!`, javascript, python, ruby };
  },
);
