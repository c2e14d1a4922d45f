// A background step: retried when it fails, never in the way of the request that triggered it.
import { event, motia } from '@motia/core';

export default event(
  {
    id: 'send-welcome-email',
    flows: ['users'],
    schema: {
      type: 'object',
      properties: { userId: { type: 'string' }, name: { type: 'string' }, email: { type: 'string' } },
      required: ['userId', 'name', 'email'],
    },
    retries: 2,
    backoff: { initial: 0.2, cap: 2 },
  },
  async ({ userId, name, email }, ctx) => {
    if (email.endsWith('@example.invalid')) throw new Error(`the mail server refuses ${email}`);
    // Stands in for a mail server. The key is the same on every attempt of this run, so a repeated
    // attempt overwrites its own letter instead of sending a second one.
    await motia.state.set('outbox', ctx.idempotencyKey, { to: email, subject: `Welcome, ${name}!` });
    ctx.logger.info('welcome e-mail sent', { userId });
    return { sent: true };
  },
);
