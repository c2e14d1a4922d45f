// Orders come in here and go through stock, payment and shipping.
import { api, HttpError, response, state, trigger } from '@motia/core';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Order, PRICES, Status } from '../../lib/orders';

const Item = z.object({ product: z.string(), quantity: z.number().int().min(1).default(1) });

export default api(
  {
    id: 'place-order',
    method: 'POST',
    path: '/orders',
    flows: ['orders'],
    triggers: ['reserve-stock', 'order.placed'],
    schema: { body: z.object({ userId: z.string(), items: z.array(Item) }) },
  },
  async ({ body: { userId, items } }) => {
    const unknown = items.map((item) => item.product).filter((product) => !(product in PRICES));
    if (unknown.length > 0 || items.length === 0) {
      throw new HttpError(422, 'The shop does not have this', { unknown, has: Object.keys(PRICES).sort() });
    }
    const order: Order = {
      id: randomUUID().slice(0, 12),
      userId,
      items,
      totalCents: items.reduce((sum, item) => sum + (PRICES[item.product] ?? 0) * item.quantity, 0),
      status: Status.Placed,
    };
    await state.set('orders', order.id, order);
    await trigger('reserve-stock', { orderId: order.id });
    await trigger('order.placed', { userId, actions: ['order'], metadata: { orderId: order.id } });
    return response(order, { status: 202 });
  },
);

export const getOrder = api({ id: 'get-order', path: '/orders/:id', flows: ['orders'] }, async ({ params }) => {
  const order = await state.get<Order>('orders', params.id);
  if (order === null) throw new HttpError(404, `no order ${params.id}`);
  return order;
});
