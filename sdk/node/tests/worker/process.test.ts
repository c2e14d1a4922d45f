import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ProcessEngine, project } from './engine.js';

const STEPS = `
import { api, event, logger, response } from '@motia/core';
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
export const prints = event({ id: 'prints' }, async () => {
  console.log('%s and', 'log', { a: 1 });
  console.debug('debug'); console.info('info'); console.warn('warn'); console.error(new Error('shown'));
  process.stdout.write('two '); await sleep(1); process.stdout.write('parts\\nrest');
  process.stderr.write(Buffer.from('bytes\\n'));
});
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
export const global = event({ id: 'global' }, () => Object.keys((globalThis as any).motia));
export const spins = event({ id: 'spins' }, async (_, ctx) => { logger.info('entered'); const until = performance.now() + 600; while (performance.now() < until); });
export const stuck = event({ id: 'stuck' }, async () => { logger.info('entered'); await sleep(1); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); });
export const idle = event({ id: 'stuck-when-idle' }, () => { setTimeout(() => { for (;;); }, 20); });
export const flood = api({ id: 'flood', path: '/' }, () => response(Buffer.alloc(32 * 1024 * 1024, 'f')));
`;

const made = project({ 'steps.ts': STEPS });
const engine = new ProcessEngine(made.root);
before(async () => {
  const manifest = await engine.greetAndLoad(made, { stall_ms: 200 });
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

test('what a handler prints are lines of its run', async () => {
  engine.logs.length = 0;

  await engine.run('prints', {}, { invocation: 7 });

  const lines = engine.logs
    .filter((line) => line.invocation === 7)
    .map(({ level, message, source }) => [level, message, source]);
  assert.match(lines[4]?.[1], /^Error: shown\n {4}at prints \(.*steps\.ts:\d+:\d+\)$/);
  lines.splice(4, 1);
  assert.deepEqual(lines, [
    ['info', 'log and { a: 1 }', 'print'],
    ['debug', 'debug', 'print'],
    ['info', 'info', 'print'],
    ['warn', 'warn', 'print'],
    ['info', 'two parts', 'print'],
    ['warn', 'bytes', 'stderr'],
    ['info', 'rest', 'print'],
  ]);
  assert.equal(engine.output, '');
});

test("the protocol's socket cannot be found or written by a step", async () => {
  const { met, named } = (await engine.run('writes')).value;

  assert.equal(named, 'no');
  assert.deepEqual(new Set(met), new Set(['EBADF']));
  assert.deepEqual((await engine.run('echo', 'still whole')).value, 'still whole');
});

test('the engine is a global of step files', async () => {
  assert.deepEqual((await engine.run('global')).value, ['trigger', 'call', 'state', 'logger']);
});

test('a loop that stands still is told once, with its step and place', async () => {
  const stalled = await engine.run('spins', {}, { invocation: 9 });

  assert.deepEqual([stalled.type, stalled.invocation, stalled.step], ['stalled', 9, 'spins']);
  assert.ok(stalled.ms >= 200);
  assert.match(stalled.stack, /at spins \(motia\/steps\/steps\.ts:\d+/);
  assert.equal((await engine.next()).type, 'result');
});

test('an answer of many megabytes arrives whole, with others behind it', async () => {
  engine.request('flood', {});
  engine.invoke('echo', 'behind', { invocation: 2 });

  const answers = [await engine.next(), await engine.next()].sort((one, other) => one.invocation - other.invocation);

  assert.deepEqual(
    answers.map(({ blob, value }) => [blob.length, value]),
    [
      [32 * 1024 * 1024, undefined],
      [0, 'behind'],
    ],
  );
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
