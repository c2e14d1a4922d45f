import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextOf } from '../../src/authoring/context.js';
import { NotInHandler } from '../../src/authoring/errors.js';
import { current, requireCurrent } from '../../src/authoring/invocation.js';
import { inHandler, MemoryPort } from './port.js';

test('the signal says why the run should stop, to those who come late too', () => {
  inHandler(new MemoryPort(), (invocation) => {
    const ctx = contextOf(invocation);
    assert.equal(invocation.hasSignal, false);
    const reasons: unknown[] = [];
    ctx.signal.addEventListener('abort', () => reasons.push(ctx.signal.reason));

    invocation.cancel('timeout');
    invocation.cancel('shutdown');

    assert.deepEqual([...reasons, invocation.cancelReason], ['timeout', 'timeout']);
  });
  inHandler(new MemoryPort(), (invocation) => {
    invocation.cancel('disconnect');
    assert.equal(contextOf(invocation).signal.reason, 'disconnect');
  });
});

test('everything that a handler starts finds its own invocation', async () => {
  const found = await Promise.all(
    [1, 2].map(() =>
      inHandler(new MemoryPort(), async (invocation) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return current.getStore() === invocation && requireCurrent('it') === invocation;
      }),
    ),
  );

  assert.deepEqual(found, [true, true]);
});

test('outside a handler there is none', () => {
  assert.throws(() => requireCurrent('trigger'), NotInHandler);
});
