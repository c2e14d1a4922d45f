// Sign-up: the user is stored, and two background steps are triggered, one in Ruby and one in Python.
import { api, response, state, trigger } from '@motia/core';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';

const body = z.object({
  name: z.string().trim().min(1).max(100),
  email: z.string().regex(/^[^@\s]+@[^@\s]+$/).max(254),
});

export default api(
  {
    id: 'create-user',
    method: 'POST',
    path: '/users',
    description: 'Sign a user up',
    flows: ['users'],
    triggers: ['send-welcome-email', 'analyze-behavior'],
    schema: { body },
  },
  async ({ body: { name, email } }, ctx) => {
    const user = { id: randomUUID().slice(0, 12), name, email };
    await state.set('users', user.id, user);
    await trigger('send-welcome-email', { userId: user.id, email, name });
    await trigger('analyze-behavior', {
      userId: user.id,
      actions: ['sign-up'],
      metadata: { traceId: ctx.traceId },
    });
    ctx.logger.info('user signed up', { userId: user.id });
    return response(user, { status: 201 });
  },
);

export const getUser = api({ id: 'get-user', path: '/users/:id', flows: ['users'] }, async ({ params }) => {
  const user = await state.get('users', params.id);
  return user ?? response({ error: `no user ${params.id}` }, { status: 404 });
});
