import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Met, ProcessEngine, project } from './engine.js';

const STEPS = `
import { api, event, state } from '@motia/core';
export const echo = event({ id: 'echo' }, (payload) => payload);
export const nothing = event({ id: 'nothing' }, async () => {});
export const reads = event({ id: 'reads' }, () => state.get('g', 'k'));
export const odd = api({ id: 'odd', path: '/' }, () => 'never entered');
`;

const made = project({ 'steps.js': STEPS });
const engine = new ProcessEngine(made.root);
before(async () => {
  const manifest = await engine.greetAndLoad(made);
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
