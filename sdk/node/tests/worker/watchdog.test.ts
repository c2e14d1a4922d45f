import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { ProcessEngine, project } from './engine.js';

const STEPS = `
import { existsSync } from 'node:fs';
import { event, logger } from '@motia/core';
import { execSync } from 'node:child_process';
export const native = event({ id: 'native' }, () => { execSync('sleep 5'); });
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
export const spins = event({ id: 'spins' }, async (_, ctx) => { logger.info('entered'); const until = performance.now() + 10_000; while (!existsSync('told') && performance.now() < until); });
export const stuck = event({ id: 'stuck' }, async () => { logger.info('entered'); await sleep(1); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); });
export const idle = event({ id: 'stuck-when-idle' }, () => { setTimeout(() => { for (;;); }, 20); });
`;

const made = project({ 'steps.ts': STEPS });
const engine = new ProcessEngine(made.root);
before(async () => {
  const manifest = await engine.greetAndLoad(made, { stall_ms: 200 });
  assert.deepEqual(manifest.faults, []);
});

test('a loop that stands still is told once, with its step and place', async () => {
  const stalled = await engine.run('spins', {}, { invocation: 9 });
  writeFileSync(join(made.root, 'told'), '');

  assert.deepEqual([stalled.type, stalled.invocation, stalled.step], ['stalled', 9, 'spins']);
  assert.ok(stalled.ms >= 200);
  assert.match(stalled.stack, /at spins \(motia\/steps\/steps\.ts:\d+/);
  assert.equal((await engine.next()).type, 'result');
});

test('a loop that is held by native code is told with its step', async () => {
  const stalled = await engine.run('native', {}, { invocation: 11 });

  assert.deepEqual([stalled.type, stalled.invocation, stalled.step], ['stalled', 11, 'native']);
  assert.equal((await engine.next()).type, 'result');
});

for (const [step, log] of [
  ['stuck', 'entered'],
  ['stuck-when-idle', ''],
] as const) {
  test(`${step}: the end of the engine ends the worker all the same`, async () => {
    const other = new ProcessEngine(made.root);
    await other.greetAndLoad(made);
    other.invoke(step);
    if (log === '') await other.next();
    else await other.untilLog(log);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = performance.now();

    other.socket.destroy();

    await other.exit();
    assert.ok(performance.now() - before < 1_500, `${performance.now() - before} ms`);
  });
}
