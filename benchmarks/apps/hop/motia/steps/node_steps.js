// A caller and a callee in JavaScript.
import { setTimeout as wait } from 'node:timers/promises';
import { api, event, motia } from '@motia/core';

export const echo = event({ id: 'echo-node' }, () => ({ startedNs: String(process.hrtime.bigint()) }));

export const fromNode = api({ id: 'from-node', method: 'POST', path: '/from-node', timeout: '5m' }, async ({ body }) => {
  const rows = [];
  for (let n = 0; n < body.count; n += 1) {
    await wait(body.gap_ms);
    const sent = process.hrtime.bigint();
    const { startedNs } = await motia.call(body.target, {});
    rows.push([Number(BigInt(startedNs) - sent), Number(process.hrtime.bigint() - sent)]);
  }
  return rows;
});
