import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closest } from '../../src/authoring/closest.js';

test('the closest known name is hinted, or all of them', () => {
  assert.equal(closest('shedule', ['schedule', 'timezone']), "did you mean 'schedule'?");
  assert.equal(closest('on_error', ['onError', 'onDead']), "did you mean 'onError'?");
  assert.equal(closest('zzz', ['b', 'a']), 'known are a, b');
});
