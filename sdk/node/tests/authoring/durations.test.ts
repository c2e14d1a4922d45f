import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from '../../src/authoring/durations.js';

for (const [value, ms] of [
  [30, 30_000],
  ['500ms', 500],
  ['30s', 30_000],
  ['1.5 m', 90_000],
  ['1h', 3_600_000],
  ['2d', 172_800_000],
  [0, 0],
  [-1, undefined],
  [Number.NaN, undefined],
  ['soon', undefined],
  ['5 minutes', undefined],
  [null, undefined],
] as const) {
  test(`the duration ${String(value)} is ${ms} ms`, () => {
    assert.equal(durationMs(value), ms);
  });
}
