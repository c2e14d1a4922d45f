// Reports: sales are added up as orders leave, and told every morning.
import { cron, event, logger, state } from '@motia/core';

export const countSale = event(
  { id: 'count-sale', flows: ['reports'], topics: ['order.shipped'] },
  async ({ cents }) => {
    await state.increment('sales', 'orders');
    return { cents: await state.increment('sales', 'cents', cents) };
  },
);

export const dailyReport = cron(
  { id: 'daily-report', schedule: '0 7 * * *', timezone: 'Europe/Berlin', flows: ['reports'] },
  async () => {
    const orders = Object.values(await state.list('orders'));
    const report = {
      orders: orders.length,
      shipped: orders.filter((order) => order.status === 'shipped').length,
      cents: orders.reduce((sum, order) => sum + order.totalCents, 0),
    };
    await state.set('reports', 'latest', report);
    logger.info('daily report', report);
    return report;
  },
);

export const weeklyCleanup = cron(
  { id: 'weekly-cleanup', schedule: '0 3 * * SUN', flows: ['reports'], overlap: 'skip' },
  async () => ({ letters: await state.clear('outbox') }),
);
