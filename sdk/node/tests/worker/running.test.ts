import assert from 'node:assert/strict';
import { test } from 'node:test';
import { running } from './running.js';

test('what an invocation leaves out has its default', () => {
  const { run, attempt, retryCount, trigger, pending, held, isOver } = running({ run: undefined } as never);

  assert.deepEqual([run, attempt, retryCount, trigger, pending, held, isOver], ['', 1, 0, {}, 0, undefined, false]);
});

test('what it says is kept', () => {
  const { run, attempt, retryCount, trigger } = running({ attempt: 3, retry_count: 2, trigger: { target: 't' } });

  assert.deepEqual([run, attempt, retryCount, trigger], ['00000000000000a1', 3, 2, { target: 't' }]);
});
