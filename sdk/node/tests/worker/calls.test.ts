import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ProcessEngine, project } from './engine.js';

const STEPS = `
import { event, state, trigger } from '@motia/core';
const turn = () => new Promise((resolve) => setImmediate(resolve));
export const leaves = event({ id: 'leaves' }, () => { trigger('x'); return 'left'; });
export const leavesBad = event({ id: 'leaves-bad' }, () => { trigger('x', { n: 1n }); return 'left'; });
export const looks = event({ id: 'looks-later' }, async () => {
  const one = trigger('x');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await one.catch(() => {});
  return 'looked';
});
export const late = event({ id: 'late' }, () => { globalThis.lateDone = turn().then(turn).then(() => trigger('x')).catch((error) => error); });
export const lateError = event({ id: 'late-error' }, () => globalThis.lateDone.then((error) => error.name));
export const updates = event({ id: 'updates' }, () => { state.update('g', 'k', (old) => old + 1); return 'left'; });
export const reads = event({ id: 'reads' }, () => state.get('g', 'k'));
export const many = event({ id: 'many' }, async ({ count }) => { await Promise.all(Array.from({ length: count }, () => trigger('x'))); return count; });
`;

const made = project({ 'steps.js': STEPS });
const engine = new ProcessEngine(made.root);
before(async () => {
  const manifest = await engine.greetAndLoad(made, { calls_max: 2 });
  assert.deepEqual(manifest.faults, []);
});

test('a call that nobody awaits holds the answer, and its failure is logged', async () => {
  engine.logs.length = 0;
  engine.invoke('leaves');
  const call = await engine.next();
  engine.send({ type: 'reply', call: call.call, error: { code: 'queue-full', message: 'full up', kind: 'world' } });

  assert.equal((await engine.next()).value, 'left');
  assert.match(engine.logs[0]?.message, /trigger\('x'\) was not awaited and failed: full up/);
  assert.equal(engine.logs[0]?.invocation, 1);
});

test('a call that was refused and that nobody awaits is logged too', async () => {
  engine.logs.length = 0;

  assert.equal((await engine.run('leaves-bad')).value, 'left');

  assert.match(engine.logs[0]?.message, /BigInt at \/n/);
});

test('a failed call that somebody looks at later in the run is not logged', async () => {
  engine.logs.length = 0;
  engine.invoke('looks-later');
  const call = await engine.next();
  engine.send({ type: 'reply', call: call.call, error: { code: 'queue-full', message: 'full up', kind: 'world' } });

  assert.equal((await engine.next()).value, 'looked');
  assert.deepEqual(engine.logs, []);
});

test('a call after the answer is refused', async () => {
  await engine.run('late');
  assert.equal((await engine.run('late-error')).value, 'InvocationOver');
});

test('an update that nobody awaits is finished before the answer leaves', async () => {
  engine.invoke('updates');
  const get = await engine.next();
  engine.send({ type: 'reply', call: get.call, value: { value: 1, version: 1 } });
  const set = await engine.next();
  assert.deepEqual([set.op, set.args], ['state.compare_and_set', { group: 'g', key: 'k', value: 2, version: 1 }]);
  engine.send({ type: 'reply', call: set.call, value: { done: true, value: 2, version: 2 } });

  assert.equal((await engine.next()).value, 'left');
});

test('calls beyond the limit wait for a place, in order', async () => {
  engine.invoke('many', { count: 2_000 });
  const open = [await engine.next(), await engine.next()];
  engine.send({ type: 'ping', token: 5 });
  assert.equal((await engine.next()).type, 'pong');

  for (let answered = 0; answered < 2_000; answered++) {
    const call = open.shift();
    engine.send({ type: 'reply', call: call?.call, value: { runId: 'r', traceId: 't' } });
    if (answered < 1_998) open.push(await engine.next());
  }

  assert.equal((await engine.next()).value, 2_000);
});

test('a reply to no call is ignored', async () => {
  engine.send({ type: 'reply', call: 999_999, value: 1 });
  engine.send({ type: 'ping', token: 6 });

  assert.equal((await engine.next()).token, 6);
});
