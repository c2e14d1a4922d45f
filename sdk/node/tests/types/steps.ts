import { api, cron, event, HttpError, logger, noop, onStart, response, state } from '@motia/core';
import { z } from 'zod';
import { z as z3 } from 'zod3';
import { type Equal, expect } from './equal.js';

export const create = api(
  {
    id: 'create',
    method: 'POST',
    path: '/users/:team/:id',
    schema: {
      body: z.object({ name: z.string(), age: z.number().default(1) }),
      query: z.object({ dry: z.stringbool() }),
    },
    middleware: [
      async (request, ctx, next) => {
        expect<Equal<typeof request.path, string>>(true);
        ctx.logger.info('in');
        const answer = await next();
        return answer.withHeader('x-a', 'b');
      },
    ],
  },
  async ({ body, params, query, headers, request }, ctx) => {
    expect<Equal<typeof body, { name: string; age: number }>>(true);
    expect<Equal<typeof params, { readonly team: string; readonly id: string }>>(true);
    expect<Equal<typeof query, { dry: boolean }>>(true);
    expect<Equal<typeof ctx.attempt, number>>(true);
    headers['x-any']?.toUpperCase();
    request.json();
    // @ts-expect-error: the schema has no such field
    void body.nmae;
    // @ts-expect-error: the path has no such parameter
    void params.user;
    if (body.age < 0) throw new HttpError(400, 'age');
    await state.set('users', params.id, body);
    const stored = await ctx.state.get<{ name: string }>('users', params.id);
    return response({ stored }, { status: 201, headers: { 'set-cookie': ['a=1', 'b=2'] } });
  },
);

export const withParams = api(
  { id: 'with-params', path: '/orders/:number', schema: { params: z3.object({ number: z3.coerce.number() }) } },
  ({ params, body, query }) => {
    expect<Equal<typeof params, { number: number }>>(true);
    expect<Equal<typeof body, any>>(true);
    expect<Equal<typeof query, Record<string, string | string[]>>>(true);
  },
);

export const plain = api({ id: 'plain', path: '/plain' }, () => ({ ok: true }));

export const events = api({ id: 'events', path: '/events' }, async function* () {
  yield { tick: 1 };
});

export const resize = event(
  {
    id: 'resize',
    schema: z.object({ image: z.string(), sizes: z.array(z.number()) }),
    retries: 2,
    backoff: '1s',
    concurrency: { limit: 4, key: 'image' },
  },
  async (payload, ctx) => {
    expect<Equal<typeof payload, { image: string; sizes: number[] }>>(true);
    expect<Equal<typeof ctx.runId, string>>(true);
    ctx.signal.throwIfAborted();
    return { resized: payload.sizes.length };
  },
);

export const literal = event(
  {
    id: 'literal',
    schema: {
      type: 'object',
      properties: { to: { type: 'string' }, kind: { enum: ['sms', 'mail'] } },
      required: ['to', 'kind'],
    },
  },
  (payload) => {
    expect<Equal<typeof payload.to, string>>(true);
    expect<Equal<typeof payload.kind, 'sms' | 'mail'>>(true);
    // @ts-expect-error: no such field
    void payload.form;
  },
);

export const anything = event({ id: 'anything' }, (payload) => {
  expect<Equal<typeof payload, any>>(true);
});

export const nightly = cron({ id: 'nightly', schedule: '0 3 * * *', catchUp: 'none' }, async (ctx) => {
  await ctx.trigger('a-step-still-to-be-written', { any: 'thing' });
  ctx.trigger.details.scheduledAt;
  logger.info('night', { n: 1 });
});

export const outside = noop({ id: 'outside', triggers: ['resize'] });

onStart(async () => {});

// @ts-expect-error: an api step has a path
api({ id: 'no-path' }, () => null);
// @ts-expect-error: no such method
api({ id: 'x', path: '/x', method: 'FETCH' }, () => null);
// @ts-expect-error: a cron step has a schedule
cron({ id: 'x' }, () => null);
// @ts-expect-error: no such option
event({ id: 'x', retry: 3 }, () => null);
// @ts-expect-error: one of skip, queue, allow
cron({ id: 'x', schedule: '@daily', overlap: 'never' }, () => null);
