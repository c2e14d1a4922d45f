import { expect, it } from 'vitest';
import { failuresByMinute } from './series';

const point = (minute_at: string, errors: number) => ({ minute_at, errors, count: 9, p50_us: 0, p95_us: 0, p99_us: 0 });

it('puts failures into their minutes and nothing where there were none', () => {
  const now = Date.parse('2026-01-01T12:05:30Z');
  const points = [point('2026-01-01T12:00:00Z', 7), point('2026-01-01T12:03:00Z', 2), point('2026-01-01T12:05:00Z', 1)];

  expect(failuresByMinute(points, { now, minutes: 4 })).toEqual([0, 2, 0, 1]);
});
