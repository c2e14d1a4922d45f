// Final failures of every step come here: try again later, three times, then write it down.
import { event, logger, state, trigger } from '@motia/core';
import { z } from 'zod';

const TRIES = 3;

export default event(
  {
    id: 'handle-step-error',
    flows: ['operations'],
    schema: z.object({
      stepId: z.string(),
      error: z.object({ name: z.string(), message: z.string() }).loose(),
      context: z.unknown(),
      retryCount: z.number().int(),
      traceId: z.string(),
      runId: z.string(),
    }),
  },
  async ({ stepId, error, context, retryCount, traceId, runId }) => {
    if (retryCount < TRIES && typeof context === 'object' && context !== null) {
      const delay = 2 ** (retryCount + 1);
      logger.warn('trying the step again', { step: stepId, delayS: delay });
      await trigger(stepId, { ...context, __retry: retryCount + 1 }, { delay });
      return { action: 'retried' };
    }
    await state.set('incidents', runId, { step: stepId, error: error.message, trace: traceId });
    logger.error('gave up', { step: stepId, runId });
    return { action: 'recorded' };
  },
);
