import { expect, test } from 'vitest';
import { Pace } from './pace';

test('rare changes are answered at once', () => {
  const pace = new Pace();
  expect([0, 600, 1_200, 1_800, 2_400].map((at) => pace.next(10_000 + at, 500))).toEqual([0, 0, 0, 0, 0]);
});

test('a few in a row are answered at once, as a run that starts and ends is', () => {
  const pace = new Pace();
  expect([0, 100, 200].map((at) => pace.next(10_000 + at, 500))).toEqual([0, 0, 0]);
});

test('a burst is answered at its pace', () => {
  const pace = new Pace();
  let now = 10_000;
  let turns = 0;
  while (now < 20_000) {
    now += Math.max(pace.next(now, 500), 100);
    turns += 1;
  }
  expect(turns).toBeLessThanOrEqual(3 + 10_000 / 500);
  expect(turns).toBeGreaterThan(15);
});
