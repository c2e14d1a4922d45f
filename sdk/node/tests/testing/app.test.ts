/** `app`, on an engine that says what it was asked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { app, type RunFailed } from '../../src/testing/app.js';
import { folder, project } from './world.js';

const ECHO = 'tell({ id, value: { op, args } });';

test('orders have the words of the engine, and durations are seconds', async (t) => {
  const client = await app({ root: project(t, ECHO) });
  const asked = async (answer: Promise<unknown>) => Object.values((await answer) as object);

  assert.deepEqual(await asked(client.trigger('a', { b: 1 }, { delay: '500ms', idempotencyKey: 'k', key: 'x' })), [
    'trigger',
    { target: 'a', payload: { b: 1 }, delay: 0.5, idempotency_key: 'k', key: 'x' },
  ]);
  assert.deepEqual(await asked(client.trigger('a')), ['trigger', { target: 'a', payload: {} }]);
  assert.deepEqual(await asked(client.waitIdle({ timeout: '1m' })), ['wait_idle', { timeout: 60 }]);
  assert.deepEqual(await asked(client.advance({ hours: 1, seconds: 5 })), ['advance', { seconds: 3_605 }]);
  assert.deepEqual(await asked(client.advance('2d')), ['advance', { seconds: 172_800 }]);
  assert.deepEqual(await asked(client.runs({ step: 's', state: 'dead' })), ['runs', { step: 's', state: 'dead' }]);
  assert.deepEqual(await asked(client.state('users')), ['state', { group: 'users' }]);
  assert.throws(() => client.advance('soon'), /"soon" is no duration/);
  await client.stop();
});

test('call resolves to the result, and rejects with the run when it is not completed', async (t) => {
  const answers = '{ trigger: { runId: "r" }, run: { id: "r", step: "s", attempt: 2, ...JSON.parse(env.RUN) } }';
  const root = project(t, `tell({ id, value: (${answers})[op] ?? null });`);
  const call = (run: object) => app({ root, env: { RUN: JSON.stringify(run) } }, (client) => client.call('s', {}));

  assert.equal(await call({ state: 'completed', result: 42 }), 42);
  await assert.rejects(call({ state: 'dead', error: 'no' }), (error: RunFailed) => {
    assert.equal(error.message, 's failed after 2 attempts: no');
    return error.run.id === 'r';
  });
  await assert.rejects(call({ state: 'retrying', error: 'no' }), /is retrying \(no\): advance\(\) turns the clock/);
});

test('options reach the engine', async (t) => {
  const root = project(t, 'tell({ id, value: { argv: argv.slice(2), context: env.NODE_TEST_CONTEXT ?? null } });');
  const options = { root: pathToFileURL(root), seed: 3, start: new Date(0), lenient: true };

  const seen = await app(options, (client) => client.fire('x') as Promise<unknown>);

  const argv = ['serve-test', '--project', root, '--seed', '3', '--start', '1970-01-01T00:00:00.000Z', '--lenient'];
  assert.deepEqual(seen, { argv, context: null });
});

test('the engine is stopped when the function ends, well or badly, and its log is shown when badly', async (t) => {
  const root = project(t, `tell({ log: { text: "what went before" } }); ${ECHO}`);
  const shown: string[] = [];
  t.mock.method(process.stderr, 'write', (text: string) => shown.push(text) > 0);
  let seen: { stop(): Promise<void>; runs(): Promise<unknown> } | undefined;

  await app({ root }, async (client) => {
    await client.runs();
  });
  const quiet = shown.length;
  await assert.rejects(
    app({ root }, async (client) => {
      seen = client;
      await client.runs();
      throw new Error('the test failed');
    }),
    /the test failed/,
  );

  assert.equal(quiet, 0);
  assert.match(shown.join(''), /what went before/);
  await assert.rejects(async () => seen?.runs(), /it was stopped before this/);
});

test('a client can be disposed of', async (t) => {
  const client = await app({ root: project(t, ECHO) });

  await client[Symbol.asyncDispose]();
  await client.stop();

  await assert.rejects(client.now(), /stopped/);
});

test('outside of a project it says so', async (t) => {
  const before = process.cwd();
  process.chdir(folder(t));
  t.after(() => process.chdir(before));

  await assert.rejects(app(), /is in no Motia project/);
});
