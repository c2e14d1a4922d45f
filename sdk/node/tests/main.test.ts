import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ProcessEngine, project } from './worker/engine.js';

const STEPS = `
import { event } from '@motia/core';
export const global = event({ id: 'global' }, () => Object.keys((globalThis as any).motia));
`;

const made = project({ 'steps.ts': STEPS });
const engine = new ProcessEngine(made.root);
before(async () => {
  const manifest = await engine.greetAndLoad(made);
  assert.deepEqual(manifest.faults, []);
});

test('the engine is a global of step files', async () => {
  assert.deepEqual((await engine.run('global')).value, ['trigger', 'call', 'state', 'logger']);
});

test('a drained worker ends with 0', async () => {
  engine.send({ type: 'drain' });

  await engine.ends();

  assert.equal(await engine.exit(), 0);
});

test('a process without a socket says so and ends with 2', async () => {
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, ['dist-tests/worker.mjs'], { env: { ...process.env, MOTIA_WORKER_FD: '77' } });
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });

  const status = await new Promise((resolve) => child.on('close', resolve));

  assert.equal(status, 2);
  assert.match(output, /MOTIA_WORKER_FD/);
});
