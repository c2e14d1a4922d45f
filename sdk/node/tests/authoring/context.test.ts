import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextOf } from '../../src/authoring/context.js';
import { inHandler, MemoryPort } from './port.js';

test('the context tells the run, by destructuring too', () => {
  const { runId, traceId, stepId, attempt, retryCount, idempotencyKey, trigger } = inHandler(
    new MemoryPort(),
    contextOf,
  );

  assert.deepEqual(
    [runId, traceId, stepId, attempt, retryCount, idempotencyKey],
    ['00000000000000a1', '0af7651916cd43dd8448eb211c80319c', 'step', 2, 1, 'step:00000000000000a1'],
  );
  assert.deepEqual([trigger.kind, trigger.details], ['event', { target: 'topic' }]);
});

test('the trigger of the context triggers', async () => {
  const port = new MemoryPort({ runId: 'r', traceId: 't' });

  await inHandler(port, (invocation) => contextOf(invocation).trigger('other', { a: 1 }));

  assert.deepEqual(port.calls, [['trigger', { target: 'other', payload: { a: 1 } }]]);
});

test('a span tells its part of the run, whether it returns, waits or throws', async () => {
  const port = new MemoryPort();

  await inHandler(port, async (invocation) => {
    const ctx = contextOf(invocation);
    assert.equal(
      ctx.span('sync', () => 1, { k: 1n }),
      1,
    );
    assert.equal(await ctx.span('async', async () => 2), 2);
    assert.throws(() =>
      ctx.span('throws', () => {
        throw new Error('x');
      }),
    );
  });

  assert.deepEqual(
    port.spans.map(({ name, fields }) => [name, fields]),
    [
      ['sync', '{"k":"1n"}'],
      ['async', undefined],
      ['throws', undefined],
    ],
  );
  assert.ok(port.spans.every(({ span }) => /^[0-9a-f]{16}$/.test(span)));
});
