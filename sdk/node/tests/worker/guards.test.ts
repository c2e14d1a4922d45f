import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ProcessEngine, project } from './engine.js';

const STEPS = `
import { event } from '@motia/core';
import fs from 'node:fs';
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
export const echo = event({ id: 'echo' }, (payload) => payload);
export const exits = event({ id: 'exits' }, () => process.exit(3));
export const exitsLater = event({ id: 'exits-later' }, async () => { setTimeout(() => process.exit(3), 1); await sleep(5_000); });
export const aborts = event({ id: 'aborts' }, () => process.abort());
export const kills = event({ id: 'kills' }, () => { process.kill(process.pid, 'SIGKILL'); });
export const asks = event({ id: 'asks' }, () => process.kill(process.pid, 0));
export const floats = event({ id: 'floats' }, async () => { Promise.reject(new TypeError('floats')); await sleep(5_000); });
export const floatsLate = event({ id: 'floats-late' }, () => { sleep(5).then(() => { throw new TypeError('came late'); }); });
export const timer = event({ id: 'timer' }, async () => { setTimeout(() => { throw new Error('in a timer'); }, 1); await sleep(5_000); });
export const micro = event({ id: 'micro' }, async () => { queueMicrotask(() => { throw new Error('in a microtask'); }); await sleep(5_000); });
export const writes = event({ id: 'writes' }, () => {
  const met = [];
  for (let fd = 3; fd < 30; fd++) {
    try { if (!fs.fstatSync(fd).isSocket()) continue; } catch { continue; }
    for (const use of [() => fs.writeSync(fd, 'garbage'), () => fs.closeSync(fd), () => fs.appendFileSync(fd, 'x')]) {
      try { use(); met.push('done'); } catch (error) { met.push((error as any).code); }
    }
  }
  return { met, named: process.env.MOTIA_WORKER_FD ?? 'no' };
});
`;

const made = project({ 'steps.ts': STEPS });
const engine = new ProcessEngine(made.root);
before(async () => {
  const manifest = await engine.greetAndLoad(made);
  assert.deepEqual(manifest.faults, []);
});

for (const [step, message] of [
  ['exits', /process\.exit\(3\) in a handler/],
  ['exits-later', /process\.exit\(3\) in a handler/],
  ['aborts', /process\.abort\(\) in a handler/],
  ['kills', /process\.kill\(\d+, SIGKILL\) in a handler/],
  ['floats', /floats/],
  ['timer', /in a timer/],
  ['micro', /in a microtask/],
] as const) {
  test(`${step}: the run fails and the worker lives`, async () => {
    const failure = await engine.run(step);

    assert.equal(failure.type, 'failure');
    assert.match(failure.message, message);
    assert.match(failure.stack, /steps\.ts:\d+/);
    assert.deepEqual((await engine.run('echo', [1])).value, [1]);
  });
}

test('a test whether the process lives is no end of it', async () => {
  assert.equal((await engine.run('asks')).value, true);
});

test('a rejection after the answer is logged with the name of its step', async () => {
  assert.equal((await engine.run('floats-late')).type, 'result');

  const line = await engine.untilLog('came late');

  assert.equal(line.level, 'error');
  assert.match(line.message, /step 'floats-late'/);
});

test("the protocol's socket cannot be found or written by a step", async () => {
  const { met, named } = (await engine.run('writes')).value;

  assert.equal(named, 'no');
  assert.deepEqual(new Set(met), new Set(['EBADF']));
  assert.deepEqual((await engine.run('echo', 'still whole')).value, 'still whole');
});

test('signals to the group do not end the worker', async () => {
  engine.child.kill('SIGTERM');
  engine.child.kill('SIGINT');

  assert.equal((await engine.run('echo', 'still here')).value, 'still here');
});
