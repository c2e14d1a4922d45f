import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Met, ProcessEngine, project } from './engine.js';

const STEPS = `
import { api, call, event, logger, response, state, trigger } from '@motia/core';
const turn = () => new Promise((resolve) => setImmediate(resolve));
export const echo = event({ id: 'echo' }, (payload) => payload);
export const nothing = event({ id: 'nothing' }, async () => {});
export const never = event({ id: 'never' }, () => new Promise(() => {}));
export const aborts = event({ id: 'aborts' }, (_, { signal }) => new Promise((_, no) => signal.addEventListener('abort', () => no(signal.reason))));
export const own = event({ id: 'own-error' }, (_, { signal }) => new Promise((_, no) => signal.addEventListener('abort', () => no(new Error('cleaned up')))));
export const leaves = event({ id: 'leaves' }, () => { trigger('x'); return 'left'; });
export const leavesBad = event({ id: 'leaves-bad' }, () => { trigger('x', { n: 1n }); return 'left'; });
export const looks = event({ id: 'looks-later' }, async () => {
  const one = trigger('x');
  await turn(); await turn();
  await one.catch(() => {});
  return 'looked';
});
export const late = event({ id: 'late' }, () => { globalThis.lateDone = turn().then(turn).then(() => trigger('x')).catch((error) => error); });
export const lateError = event({ id: 'late-error' }, () => globalThis.lateDone.then((error) => error.name));
export const updates = event({ id: 'updates' }, () => { state.update('g', 'k', (old) => old + 1); return 'left'; });
export const reads = event({ id: 'reads' }, () => state.get('g', 'k'));
export const big = event({ id: 'big' }, () => 'x'.repeat(2_000));
export const circular = event({ id: 'circular' }, () => { const one = {}; one.one = one; return one; });
export const lazy = api({ id: 'lazy', path: '/' }, async function* () { await new Promise(() => {}); yield 1; });
export const early = api({ id: 'early', path: '/' }, async function* () { throw new TypeError('early'); });
export const closes = api({ id: 'closes', path: '/' }, async function* () { try { for (;;) yield 'x'.repeat(200_000); } finally { logger.info('closed'); } });
export const odd = api({ id: 'odd', path: '/' }, () => response([{}].values()));
export const forgets = api({ id: 'forgets', path: '/', middleware: (request, ctx, next) => { next(); } }, () => 'kept');
export const fails = api({ id: 'fails', path: '/', middleware: async (request, ctx, next) => { try { await next(); } catch (error) { return response(error.message, { status: 503 }); } } }, () => { throw new Error('caught'); });
`;

const made = project({ 'steps.js': STEPS });
const engine = new ProcessEngine(made.root);
before(async () => {
  const manifest = await engine.greetAndLoad(made, { payload_bytes_max: 1_000 });
  assert.deepEqual(manifest.faults, []);
});

const without = ({ handler_us, wait_us, blob, ...rest }: Met): object => rest;

test('nothing is null', async () => {
  assert.deepEqual(without(await engine.run('nothing')), { type: 'result', invocation: 1 });
});

test('a value that was sent is the value that comes back', async () => {
  for (const payload of [0, '', false, null, [], {}, 'ü€😀', [[null]], { a: { '': 1 } }]) {
    assert.deepEqual((await engine.run('echo', payload)).value ?? null, payload);
  }
});

test('a handler that never asked for its signal is answered as cancelled at once', async () => {
  engine.invoke('never');
  engine.send({ type: 'cancel', invocation: 1, reason: 'timeout' });

  const failure = await engine.next();

  assert.deepEqual([failure.kind, failure.message], ['cancelled', 'cancelled: timeout']);
  engine.send({ type: 'cancel', invocation: 1, reason: 'timeout' });
});

test('a handler that throws the reason of its signal is cancelled', async () => {
  engine.invoke('aborts');
  engine.send({ type: 'cancel', invocation: 1, reason: 'shutdown' });

  assert.equal((await engine.next()).kind, 'cancelled');
});

test('an error of its own after a cancel is that error', async () => {
  engine.invoke('own-error');
  engine.send({ type: 'cancel', invocation: 1, reason: 'cancel' });

  const failure = await engine.next();

  assert.deepEqual([failure.kind, failure.message], ['error', 'cleaned up']);
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

test('a number that JavaScript cannot hold is refused wherever it comes in', async () => {
  engine.sendText(
    '{"type":"invoke","invocation":1,"step":"echo","kind":"event","trace":"t","span":"s","payload":{"n":9007199254740993}}',
  );
  const payload = await engine.next();
  assert.equal(payload.kind, 'fatal');
  assert.match(payload.message, /\/n is an integer beyond 2\^53/);

  engine.invoke('reads');
  const call = await engine.next();
  engine.sendText(`{"type":"reply","call":${call.call},"value":{"value":9007199254740993,"version":1}}`);
  assert.equal((await engine.next()).name, 'ValueNotJson');

  engine.sendText(
    '{"type":"invoke","invocation":1,"step":"odd","kind":"api","trace":"t","span":"s","request":{"method":"GET","url":"/","path":"/","query":{"n":9007199254740993}}}',
  );
  const query = await engine.next();
  assert.deepEqual([query.kind, query.problems[0].where, query.problems[0].path], ['validation', 'query', '/n']);
});

test('a result that is too large or no JSON is fatal', async () => {
  const big = await engine.run('big');
  assert.deepEqual([big.kind, big.name], ['fatal', 'PayloadTooLarge']);
  const circular = await engine.run('circular');
  assert.deepEqual([circular.kind, circular.name], ['fatal', 'ResultNotJson']);
});

test('the headers of a stream do not wait for its first item for long', async () => {
  engine.request('lazy');

  assert.equal((await engine.next()).stream, true);

  engine.send({ type: 'cancel', invocation: 1, reason: 'disconnect' });
  const last = await engine.next();
  assert.deepEqual([last.type, last.last], ['chunk', true]);
  assert.match(last.error, /disconnect/);
});

test('an error before the first item is a failure', async () => {
  engine.request('early');

  assert.equal((await engine.next()).message, 'early');
});

test('a generator that nobody reads any more is closed', async () => {
  engine.logs.length = 0;
  engine.request('closes');
  assert.equal((await engine.next()).stream, true);
  assert.equal((await engine.next()).type, 'chunk');
  assert.equal((await engine.next()).type, 'chunk');

  engine.send({ type: 'cancel', invocation: 1, reason: 'disconnect' });

  assert.equal((await engine.next()).last, true);
  assert.equal(engine.logs[0]?.message, 'closed');
});

test('a piece that is neither text nor bytes breaks the stream with a clear error', async () => {
  engine.request('odd');

  assert.match((await engine.next()).message, /yielded \{\}/);
});

test('a middleware that forgets to return the answer means that answer', async () => {
  engine.request('forgets');

  assert.equal((await engine.next()).blob.toString(), 'kept');
});

test('a middleware may catch what the handler throws', async () => {
  engine.request('fails');

  const answer = await engine.next();

  assert.deepEqual([answer.status, answer.blob.toString()], [503, 'caught']);
});

test('an invocation number in use is a protocol fault', async () => {
  const waits = `import { event } from '@motia/core';\nexport default event({ id: 'waits' }, () => new Promise(() => {}));`;
  const alone = project({ 'a.js': waits });
  const other = new ProcessEngine(alone.root);
  await other.greetAndLoad(alone);
  other.invoke('waits');
  other.invoke('waits');

  await other.ends();

  assert.match(other.logs.at(-1)?.message, /protocol fault: invocation 1 is in flight already/);
});
