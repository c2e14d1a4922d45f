// POST /users: checks the body, keeps the user, and leaves the slow work to two background steps.
import { randomUUID } from 'node:crypto';
import { api, motia, response } from '@motia/core';

export default api(
  {
    id: 'create-user',
    method: 'POST',
    path: '/users',
    description: 'Sign a user up',
    flows: ['users'],
    triggers: ['send-welcome-email', 'analyze-user'],
    schema: {
      body: {
        type: 'object',
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 100 },
          email: { type: 'string', maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' },
        },
        required: ['name', 'email'],
      },
    },
  },
  async ({ body }, ctx) => {
    const user = { id: randomUUID().replaceAll('-', '').slice(0, 12), name: body.name, email: body.email };
    await motia.state.set('users', user.id, user);
    // Each trigger resolves when the event is on disk; the steps run after the answer is sent.
    await motia.trigger('send-welcome-email', { userId: user.id, name: user.name, email: user.email });
    await motia.trigger('analyze-user', { userId: user.id, email: user.email });
    ctx.logger.info('user signed up', { userId: user.id });
    return response(user, { status: 201 });
  },
);
