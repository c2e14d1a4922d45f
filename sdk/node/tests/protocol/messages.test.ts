import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProtocolFault } from '../../src/protocol/frames.js';
import { readMessage } from '../../src/protocol/messages.js';

test('a message is read, unknown fields and all', () => {
  assert.deepEqual(readMessage('{"type":"ping","token":5,"future":{"a":1}}'), {
    type: 'ping',
    token: 5,
    future: { a: 1 },
  });
});

for (const text of [
  'null',
  '[]',
  '{a:1}',
  '{}',
  '{"type":"nobody"}',
  '{"type":"toString"}',
  '{"type":["ping"]}',
  '{"type":"ping"}',
  '{"type":"ping","token":"text"}',
  '{"type":"ping","token":1.5}',
  '{"type":"load","root":"/","files":["a",1]}',
  '{"type":"invoke","invocation":1,"step":"s","kind":"api","trace":"t"}',
  '{"type":"invoke","invocation":1,"step":"s","kind":"api","trace":"t","span":"s","request":{"method":"GET"}}',
]) {
  test(`${text} is a protocol fault`, () => {
    assert.throws(() => readMessage(text), ProtocolFault);
  });
}

test('a key __proto__ of a payload stays data', () => {
  const message = readMessage(
    '{"type":"invoke","invocation":1,"step":"s","kind":"event","trace":"t","span":"s","payload":{"__proto__":{"x":1}}}',
  ) as { payload?: unknown };

  assert.ok(Object.hasOwn(message.payload as object, '__proto__'));
  assert.equal((message.payload as { x?: unknown }).x, undefined);
});
