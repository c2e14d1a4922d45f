/** Event steps of the conformance suite. Every language has the same ones, with the same ids. */

import { call, event, Fatal, HttpError, logger, RetryAfter, trigger } from '@motia/core';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

enum Text {
  Entered = 'entered',
}

export const echo = event({ id: 'echo' }, async (payload) => payload);

export const typed = event(
  {
    id: 'typed',
    schema: z.object({ userId: z.string(), actions: z.array(z.any()), metadata: z.record(z.string(), z.any()) }),
    topics: ['user.changed'],
    retries: 5,
  },
  async ({ userId, actions, metadata }) => ({ userId, actions: actions.length, metadata }),
);

export const defaults = event(
  {
    id: 'defaults',
    schema: {
      type: 'object',
      properties: { name: { type: 'string' }, size: { type: 'integer', default: 3 } },
      required: ['name'],
    },
  },
  async ({ name, size }) => ({ name, size }),
);

export const plain = event({ id: 'plain' }, (payload) => payload);

export const fails = event({ id: 'fails' }, async () => {
  throw new TypeError('on purpose');
});

export const fatal = event({ id: 'fatal' }, async () => {
  throw new Fatal('never again');
});

export const retryAfter = event({ id: 'retry-after' }, async () => {
  throw new RetryAfter(1.5, 'later');
});

export const httpError = event({ id: 'http-error' }, async () => {
  throw new HttpError(418, 'teapot', { hint: 'tea' });
});

export const waits = event({ id: 'waits' }, async () => {
  logger.info(Text.Entered);
  await sleep(3_600_000);
});

export const waitsPlain = event({ id: 'waits-plain' }, (_, ctx) => {
  logger.info(Text.Entered);
  return sleep(3_600_000, undefined, { signal: ctx.signal });
});

export const stubborn = event({ id: 'stubborn' }, async (_, ctx) => {
  logger.info(Text.Entered);
  await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve));
  return { finished: true };
});

export const stalls = event({ id: 'stalls', schema: z.object({ ms: z.int() }) }, async function stalls({ ms }) {
  const until = performance.now() + ms;
  while (performance.now() < until);
  return true;
});

export const loops = event({ id: 'loops' }, async () => {
  logger.info(Text.Entered);
  await sleep(0);
  for (;;);
});

export const triggers = event(
  { id: 'triggers', schema: z.object({ target: z.string(), value: z.int() }) },
  async ({ target, value }) => {
    const receipt = await trigger(target, { value }, { key: 'k', delay: 2 });
    return { runId: receipt.runId };
  },
);

export const triggersPlain = event({ id: 'triggers-plain', schema: z.object({ target: z.string() }) }, ({ target }) =>
  trigger(target, { a: 1 }).then(({ runId }) => ({ runId })),
);

export const triggersAndLeaves = event(
  { id: 'triggers-and-leaves', schema: z.object({ target: z.string() }) },
  async ({ target }) => {
    trigger(target);
    return 'left';
  },
);

export const triggersMany = event({ id: 'triggers-many', schema: z.object({ count: z.int() }) }, async ({ count }) => {
  await Promise.all(Array.from({ length: count }, (_, number) => trigger('x', { number })));
  return count;
});

export const calls = event({ id: 'calls', schema: z.object({ target: z.string() }) }, async ({ target }) =>
  call(target, { a: 1 }, { timeout: 7 }),
);

export const logs = event({ id: 'logs' }, async () => {
  logger.debug('one', { n: 1 });
  logger.info('two', { size: 2 });
  logger.warn('three');
  logger.error('four');
  console.log('printed');
});

export const context = event({ id: 'context' }, async (_, ctx) => ({
  runId: ctx.runId,
  traceId: ctx.traceId,
  stepId: ctx.stepId,
  attempt: ctx.attempt,
  retryCount: ctx.retryCount,
  kind: ctx.trigger.kind,
  target: ctx.trigger.details.target,
}));

export const big = event({ id: 'big', schema: z.object({ bytes: z.int() }) }, async ({ bytes }) => 'x'.repeat(bytes));

export const loud = event({ id: 'loud', schema: z.object({ bytes: z.int() }) }, async ({ bytes }) => {
  logger.info('y'.repeat(bytes));
});

export const deep = event({ id: 'deep' }, async () => sink(60));

function sink(depth: number): never {
  if (depth === 0) throw new Error('z'.repeat(3_000));
  return sink(depth - 1);
}
