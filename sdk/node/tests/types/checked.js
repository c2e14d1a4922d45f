// @ts-check
import { api, event } from '@motia/core';
import { z } from 'zod';

export const create = api(
  { id: 'create', path: '/users/:id', schema: { body: z.object({ name: z.string() }) } },
  async ({ body, params }) => {
    body.name.toUpperCase();
    params.id.toUpperCase();
    // @ts-expect-error: no such field
    body.nmae;
    // @ts-expect-error: no such parameter
    params.user;
    await motia.trigger('send-sms', { phone: '1' });
    // @ts-expect-error: phone is text
    await motia.trigger('send-sms', { phone: 1 });
    return { ok: true };
  },
);

export const literal = event(
  { id: 'literal', schema: { type: 'object', properties: { to: { type: 'string' } }, required: ['to'] } },
  (payload) => {
    payload.to.toUpperCase();
    // @ts-expect-error: no such field
    payload.form;
  },
);
