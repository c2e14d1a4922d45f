import { expect, it } from 'vitest';
import { minutesOf } from './series';

it('fills the minutes in which nothing happened, and leaves out what is older', () => {
  const now = Date.parse('2026-01-01T10:03:30Z');
  const points = [
    { minute_at: '2026-01-01T09:00:00Z', count: 9, errors: 0 },
    { minute_at: '2026-01-01T10:01:00Z', count: 2, errors: 1 },
    { minute_at: '2026-01-01T10:03:00Z', count: 5, errors: 0 },
  ];
  expect(minutesOf(points, now, 3).map((point) => point.count)).toEqual([2, 0, 5]);
});
