import { expect, it } from 'vitest';
import { failuresOf } from './series';

const now = Date.parse('2026-01-01T12:05:30Z');
const point = (minute_at: string, count: number) => ({ minute_at, count });

it('puts failures into their minutes and nothing where there were none', () => {
  const points = [point('2026-01-01T12:00:00Z', 7), point('2026-01-01T12:03:00Z', 2), point('2026-01-01T12:05:00Z', 1)];

  expect(failuresOf(points, { now, minutes: 1, stretches: 4 })).toEqual([0, 2, 0, 1]);
});

it('adds up longer stretches, the last of which ends now', () => {
  const points = [point('2026-01-01T11:50:00Z', 7), point('2026-01-01T11:51:00Z', 2), point('2026-01-01T12:05:00Z', 1)];

  expect(failuresOf(points, { now, minutes: 15, stretches: 2 })).toEqual([7, 3]);
});
