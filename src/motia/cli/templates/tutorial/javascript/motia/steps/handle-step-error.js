// Gets every run whose attempts are used up: the id makes it the project's error step.
// It triggers the step again after 1, 2 and 4 seconds, then gives up.
import { event, logger, motia } from '@motia/core';

const ROUNDS_MAX = 3;

export default event(
  {
    id: 'handle-step-error',
    flows: ['operations'],
    schema: {
      type: 'object',
      properties: {
        stepId: { type: 'string' },
        error: { type: 'object' },
        context: {},
        retryCount: { type: 'integer' },
        traceId: { type: 'string' },
        runId: { type: 'string' },
      },
      required: ['stepId', 'error', 'retryCount', 'traceId', 'runId'],
    },
  },
  async ({ stepId, error, context, retryCount, runId }) => {
    await motia.state.set('incidents', runId, { step: stepId, error: error.message, payload: context });
    if (retryCount >= ROUNDS_MAX || typeof context !== 'object' || context === null) {
      logger.error('given up', { step: stepId, run: runId });
      return { again: false };
    }
    const delay = 2 ** retryCount;
    // The step never sees `__retry`; when the new run fails too, it comes back here as `retryCount`.
    await motia.trigger(stepId, { ...context, __retry: retryCount + 1 }, { delay });
    logger.warn('failed for good: triggered again', { step: stepId, run: runId, delay });
    return { again: true };
  },
);
