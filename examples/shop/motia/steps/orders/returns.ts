// Returns: what follows a return, and in which order, stands in motia/workflows/return.yaml.
import { api, event, HttpError, state } from '@motia/core';
import { z } from 'zod';
import { mayFail } from '../../lib/chance.js';
import { advance, type Order, Status } from '../../lib/orders.js';

export const returnOrder = api(
  {
    id: 'return-order',
    method: 'POST',
    path: '/returns',
    flows: ['returns'],
    schema: { body: z.object({ orderId: z.string() }) },
  },
  async ({ body: { orderId } }) => {
    const order = await state.get<Order>('orders', orderId);
    if (order === null) throw new HttpError(404, `no order ${orderId}`);
    if (order.status !== Status.Shipped) throw new HttpError(409, `the order is ${order.status}, not shipped`);
    await advance(orderId, Status.Returned);
    return { userId: order.userId, cents: order.totalCents };
  },
);

export const refundCard = event(
  {
    id: 'refund-card',
    flows: ['returns'],
    schema: z.object({ orderId: z.string(), 'inspect-parcel': z.object({ cents: z.number().int() }) }),
    retries: 4,
    backoff: { initial: 0.2, cap: 2 },
  },
  async ({ orderId, 'inspect-parcel': { cents } }, ctx) => {
    mayFail('the payment provider');
    await state.set('refunds', ctx.idempotencyKey, { orderId, cents });
    return { cents };
  },
);
