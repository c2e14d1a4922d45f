// What an order is, and how it moves on.
import { Fatal, state } from '@motia/core';

export enum Status {
  Placed = 'placed',
  Reserved = 'reserved',
  Paid = 'paid',
  Shipped = 'shipped',
  Returned = 'returned',
}

export interface Order {
  id: string;
  userId: string;
  items: { product: string; quantity: number }[];
  totalCents: number;
  status: Status;
}

export const PRICES: Record<string, number> = { coffee: 450, tea: 300, cake: 520 };

/** Give the order another status, whatever others change meanwhile. */
export function advance(orderId: string, status: Status): Promise<Order> {
  return state.update<Order>('orders', orderId, (order) => {
    if (order === null) throw new Fatal(`no order ${orderId}`);
    return { ...order, status };
  });
}
