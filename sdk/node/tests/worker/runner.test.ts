import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ProcessEngine, project } from './engine.js';

const STEPS = `
import { api, event, logger, response } from '@motia/core';
export const never = event({ id: 'never' }, () => new Promise(() => {}));
export const aborts = event({ id: 'aborts' }, (_, { signal }) => new Promise((_, no) => signal.addEventListener('abort', () => no(signal.reason))));
export const tidies = event({ id: 'tidies' }, async (_, { signal }) => { await new Promise((resolve) => signal.addEventListener('abort', resolve)); await new Promise((resolve) => setTimeout(resolve, 50)); return 'tidy'; });
export const own = event({ id: 'own-error' }, (_, { signal }) => new Promise((_, no) => signal.addEventListener('abort', () => no(new Error('cleaned up')))));
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
  const manifest = await engine.greetAndLoad(made);
  assert.deepEqual(manifest.faults, []);
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

test('a handler that asked for its signal has time to finish by itself', async () => {
  engine.invoke('tidies');
  engine.send({ type: 'cancel', invocation: 1, reason: 'timeout' });

  assert.equal((await engine.next()).value, 'tidy');
});

test('an error of its own after a cancel is that error', async () => {
  engine.invoke('own-error');
  engine.send({ type: 'cancel', invocation: 1, reason: 'cancel' });

  const failure = await engine.next();

  assert.deepEqual([failure.kind, failure.message], ['error', 'cleaned up']);
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
