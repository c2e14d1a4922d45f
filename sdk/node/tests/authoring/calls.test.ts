import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, trigger } from '../../src/authoring/calls.js';
import { CallerError, NotInHandler, PayloadTooLarge, QueueFull, ValueNotJson } from '../../src/authoring/errors.js';
import { inHandler, MemoryPort } from './port.js';

test('a trigger is sent at once, with its options as the wire names them', async () => {
  const port = new MemoryPort({ runId: 'r', traceId: 't' });

  const receipt = inHandler(port, () =>
    trigger(
      'other',
      { a: 1 },
      {
        delay: '2s',
        at: new Date(5),
        key: 'k',
        idempotencyKey: 'i',
        priority: -1,
        unique: false,
        wait: true,
      },
    ),
  );

  assert.deepEqual(port.calls, [
    [
      'trigger',
      {
        target: 'other',
        payload: { a: 1 },
        delay_ms: 2_000,
        at: 5,
        wait_ms: 60_000,
        key: 'k',
        idempotency_key: 'i',
        priority: -1,
        unique: false,
      },
    ],
  ]);
  assert.deepEqual(await receipt, { runId: 'r', traceId: 't' });
});

test('a payload that is left out is an empty object, null is null', async () => {
  const port = new MemoryPort();

  await inHandler(port, () =>
    Promise.all([trigger('x'), trigger('x', undefined), trigger('x', null), trigger('x', 0)]),
  );

  assert.deepEqual(
    port.calls.map(([, args]) => (args as { payload: unknown }).payload),
    [{}, {}, null, 0],
  );
});

test('a call has a timeout and resolves to the result', async () => {
  const port = new MemoryPort({ done: [1] });

  assert.deepEqual(await inHandler(port, () => call('other', [1], { timeout: 7 })), { done: [1] });
  assert.deepEqual(port.calls, [['call', { target: 'other', payload: [1], timeout_ms: 7_000 }]]);
});

test('what cannot be sent rejects, and nothing is sent', async () => {
  const port = new MemoryPort();
  const rejects = (
    work: () => Promise<unknown>,
    kind: new (...args: never[]) => Error,
    message: RegExp,
  ): Promise<void> =>
    assert.rejects(inHandler(port, work), (error) => error instanceof kind && message.test(error.message));

  await rejects(() => trigger('x', { n: 1n } as never), ValueNotJson, /the payload of trigger\('x'\).*BigInt at \/n/);
  await rejects(() => trigger('x', 'x'.repeat(2_000)), PayloadTooLarge, /2002 bytes.*1000/);
  await rejects(() => trigger('', {}), CallerError, /the id of a step or a topic/);
  await rejects(() => trigger('x', {}, { delay: 'soon' }), CallerError, /delay is seconds/);
  await rejects(() => trigger('x', {}, { at: new Date(Number.NaN) }), CallerError, /at is a Date/);
  await rejects(() => trigger('x', {}, { dealy: 1 } as never), CallerError, /no option 'dealy'/);
  await rejects(() => call('x', {}, { delay: 1 } as never), CallerError, /no option 'delay'/);

  assert.deepEqual(port.calls, []);
  assert.equal(port.refused.length, 7);
});

test('outside a handler nothing can be sent', async () => {
  await assert.rejects(trigger('x'), NotInHandler);
  await assert.rejects(call('x'), NotInHandler);
});

test("the engine's error is what the promise rejects with", async () => {
  await assert.rejects(
    inHandler(new MemoryPort(new QueueFull('full')), () => trigger('x')),
    QueueFull,
  );
});
