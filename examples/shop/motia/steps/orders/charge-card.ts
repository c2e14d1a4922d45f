// Payment: retried by itself, charged once.
import { event, Fatal, state, trigger } from '@motia/core';
import { z } from 'zod';
import { mayFail } from '../../lib/chance.js';
import { advance, Status } from '../../lib/orders.js';

export default event(
  {
    id: 'charge-card',
    flows: ['orders'],
    triggers: ['ship-order'],
    schema: z.object({ orderId: z.string(), cents: z.number().int() }),
    retries: 4,
    backoff: { initial: 0.2, cap: 2 },
  },
  async ({ orderId, cents }, ctx) => {
    if (cents <= 0) throw new Fatal('nothing to charge');
    mayFail('the payment provider');
    // A provider that knows idempotency keys would charge once, however often this is tried.
    await state.set('payments', ctx.idempotencyKey, { orderId, cents });
    await advance(orderId, Status.Paid);
    await trigger('ship-order', { orderId });
  },
);
