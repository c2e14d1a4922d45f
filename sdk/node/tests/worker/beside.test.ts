import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { ProcessEngine, project } from './engine.js';

const STEPS = `
import { existsSync } from 'node:fs';
import { event } from '@motia/core';
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
export const patient = event({ id: 'patient' }, async () => { await sleep(800); });
export const first = event({ id: 'first' }, async () => { await sleep(50); const until = performance.now() + 10_000; while (!existsSync('told') && performance.now() < until); });
`;

const made = project({ 'steps.ts': STEPS });
const engine = new ProcessEngine(made.root);
before(async () => {
  const manifest = await engine.greetAndLoad(made, { stall_ms: 200 });
  assert.deepEqual(manifest.faults, []);
});

test('of several in flight the one that holds the loop is named', async () => {
  engine.invoke('first', {}, { invocation: 1 });
  engine.invoke('patient', {}, { invocation: 2 });

  const stalled = await engine.next();
  writeFileSync(join(made.root, 'told'), '');

  assert.deepEqual([stalled.type, stalled.invocation, stalled.step], ['stalled', 1, 'first']);
  assert.match(stalled.stack, /^ {4}at first \(motia\/steps\/steps\.ts:\d+/);
  assert.deepEqual([(await engine.next()).invocation, (await engine.next()).invocation], [1, 2]);
});

test('a loop that turns is not told', async () => {
  engine.invoke('patient', {}, { invocation: 3 });

  assert.equal((await engine.next()).type, 'result');
});
