import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ProcessEngine, project } from './engine.js';

const STEPS = `
import { event } from '@motia/core';
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
setTimeout(() => console.log('of nobody'), 300);
export const long = event({ id: 'long' }, () => { process.stdout.write('x'.repeat(100_000)); });
export const odd = event({ id: 'odd' }, () => { console.log({ get a() { throw new Error('no'); } }, new Proxy({}, { getPrototypeOf() { throw new Error('no'); } })); });
export const prints = event({ id: 'prints' }, async () => {
  console.log('%s and', 'log', { a: 1 });
  console.debug('debug'); console.info('info'); console.warn('warn'); console.error(new Error('shown'));
  process.stdout.write('two '); await sleep(1); process.stdout.write('parts\\nrest');
  process.stderr.write(Buffer.from('bytes\\n'));
});
`;

const made = project({ 'steps.ts': STEPS });
const engine = new ProcessEngine(made.root);
before(async () => {
  const manifest = await engine.greetAndLoad(made);
  assert.deepEqual(manifest.faults, []);
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

test('what is printed outside every run is a line of the worker', async () => {
  assert.equal((await engine.untilLog('of nobody')).invocation, 0);
});

test('a line without an end is logged all the same, and cut', async () => {
  engine.logs.length = 0;

  await engine.run('long');

  assert.match(engine.logs[0]?.message, /^x+… \(\d+ bytes cut\)$/);
});

test('a value that cannot be shown fails no run', async () => {
  assert.equal((await engine.run('odd')).type, 'result');
});
