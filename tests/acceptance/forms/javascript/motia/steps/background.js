// Event, cron and noop steps in every form of the contract. An ECMAScript module without a package.json.
import {
  call,
  cron,
  event,
  Fatal,
  logger,
  noop,
  onStart,
  onStop,
  RetryAfter,
  state,
  trigger,
} from '@motia/core';

const started = [];

onStart(() => {
  started.push('pool');
});

onStop(async () => {
  started.length = 0;
});

export default event(
  {
    id: 'resize-image',
    concurrency: 4,
    schema: {
      type: 'object',
      properties: { imageId: { type: 'string' }, sizes: { type: 'array' } },
      required: ['imageId', 'sizes'],
    },
  },
  async ({ sizes }) => ({ resized: sizes.length }),
);

export const nightly = cron(
  { id: 'nightly', schedule: '0 3 * * *', timezone: 'Europe/Berlin' },
  async (ctx) => ({ kind: ctx.trigger.kind }),
);

export const sendSms = event(
  {
    id: 'send-sms',
    schema: {
      type: 'object',
      properties: { phone: { type: 'string' }, text: { type: 'string' } },
      required: ['phone', 'text'],
    },
  },
  async ({ phone }) => {
    logger.info('sending', { phone });
    await motia.trigger('sms-sent', { phone });
    return { sent: true };
  },
);

export const onSms = event({ id: 'on-sms', topics: ['sms-sent'] }, ({ phone }) => state.increment('sms', phone, 1));

export const approval = noop({
  id: 'approval',
  triggers: ['send-sms'],
  triggeredBy: ['resize-image'],
  description: 'a person says yes',
});

export const whole = event({ id: 'whole' }, async (anything) => anything);

export const fatal = event({ id: 'fatal' }, () => {
  throw new Fatal('never again');
});

export const later = event({ id: 'later' }, async (payload, ctx) => {
  if (ctx.attempt === 1) throw new RetryAfter(5, 'not yet');
  return ctx.attempt;
});

export const fails = event(
  { id: 'fails', retries: 1, backoff: { initial: 1, factor: 2, cap: 60, jitter: false } },
  async () => {
    throw new TypeError('on purpose');
  },
);

export const failsElsewhere = event({ id: 'fails-elsewhere', retries: 0, onError: 'own-error-step' }, async () => {
  throw new RangeError('elsewhere');
});

export const handleStepError = event(
  { id: 'handle-step-error' },
  async ({ stepId, error, context, retryCount }) => {
    logger.error('gave up', { step: stepId });
    await state.set('errors', stepId, { message: error.message, context, count: retryCount });
    if (retryCount < 2) await trigger(stepId, { ...context, __retry: retryCount + 1 }, { delay: 10 });
  },
);

export const ownErrorStep = event({ id: 'own-error-step' }, async ({ stepId, error }) => {
  await state.set('errors', stepId, { name: error.name });
});

export const asks = event({ id: 'asks' }, async () => {
  const answer = await call('resize-image', { imageId: 'i', sizes: [1, 2] }, { timeout: 5 });
  try {
    await motia.call('fatal');
  } catch (error) {
    return { answer, refused: error.name };
  }
});

export const usesState = event({ id: 'uses-state' }, async (payload, ctx) => {
  await state.set('g', 'k', { n: 1 });
  await ctx.state.update('g', 'k', (old) => ({ ...old, n: old.n + 1 }));
  await state.update('g', 'k', [{ op: 'append', path: 'list', value: 'x' }]);
  await state.increment('g', 'count', 2);
  const { value, version } = await state.getVersioned('g', 'k');
  const first = await state.compareAndSet('g', 'k', { n: 9 }, { version });
  const second = await state.compareAndSet('g', 'k', { n: 8 }, { version });
  const listed = await state.list('g');
  const gone = await state.delete('g', 'count');
  const cleared = await state.clear('g');
  return {
    read: value,
    done: [first.done, second.done],
    listed,
    gone,
    cleared,
    missing: await state.get('g', 'k'),
  };
});

export const context = event({ id: 'context' }, async (payload, ctx) => {
  const receipt = await ctx.motia.trigger('nobody-yet');
  console.log('printed', ctx.stepId);
  ctx.logger.warn('careful', { n: 1 });
  return {
    ids: [ctx.runId.length, ctx.traceId.length],
    same: receipt.traceId === ctx.traceId,
    step: ctx.stepId,
    attempt: ctx.attempt,
    kind: ctx.trigger.kind,
    stopped: ctx.signal.aborted,
    started,
  };
});

export const options = event({ id: 'options' }, async () => {
  const first = await trigger('whole', { n: 1 }, { delay: 30, key: 'k', idempotencyKey: 'once', priority: 5 });
  const second = await trigger('whole', { n: 1 }, { idempotencyKey: 'once' });
  const waited = await trigger('resize-image', { imageId: 'i', sizes: [] }, { wait: 10 });
  const refused = await trigger('resize-image', { imageId: 5 }).then(
    () => [],
    (error) => error.problems.map((problem) => problem.path).sort(),
  );
  return {
    same: first.runId === second.runId,
    deduplicated: second.deduplicated,
    state: waited.state,
    result: waited.result,
    refused,
  };
});

export const byJsonSchema = event(
  { id: 'by-json-schema', schema: { type: 'object', properties: { n: { type: 'integer', default: 3 } } } },
  async ({ n }) => n,
);
