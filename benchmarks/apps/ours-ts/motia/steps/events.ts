// Events that do nothing, their producers, and one that notes how long it waited for its start.
import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { api, event, motia } from '@motia/core';
import { z } from 'zod';

const latencies = process.env['BENCH_LATENCIES'];

export const noop = event({ id: 'noop', schema: z.object({ n: z.number().int() }) }, () => null);

export const stamped = event({ id: 'stamped', schema: z.object({ sentNs: z.string() }) }, ({ sentNs }) => {
  const waitedNs = process.hrtime.bigint() - BigInt(sentNs);
  if (latencies) appendFileSync(latencies, `${waitedNs}\n`);
});

const Bulk = z.object({ count: z.number().int(), in_flight: z.number().int() });

export const bulk = api(
  { id: 'bulk', method: 'POST', path: '/bulk', timeout: '5m', schema: { body: Bulk } },
  async ({ body }) => {
    let next = 0;
    const lane = async () => {
      while (next < body.count) {
        const n = next;
        next += 1;
        await motia.trigger('noop', { n });
      }
    };
    await Promise.all(Array.from({ length: body.in_flight }, lane));
    return { triggered: body.count };
  },
);

const Steady = z.object({ count: z.number().int(), per_s: z.number() });

export const steady = api(
  { id: 'steady', method: 'POST', path: '/steady', timeout: '5m', schema: { body: Steady } },
  async ({ body }) => {
    const started = performance.now();
    for (let n = 0; n < body.count; n += 1) {
      await wait(Math.max(0, started + (n * 1000) / body.per_s - performance.now()));
      await motia.trigger('stamped', { sentNs: String(process.hrtime.bigint()) });
    }
    return { triggered: body.count };
  },
);
