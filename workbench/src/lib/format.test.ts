import { expect, it } from 'vitest';
import { clockOnDay, counted, duration, plainDuration } from './format';

it('has no unit beyond its own range', () => {
  expect([0, 0.042, 9.96, 999.6, 9_996, 59_960, 60_000, 61_000].map(duration)).toEqual([
    '0 ms',
    '42 µs',
    '10 ms',
    '1.00 s',
    '10.0 s',
    '1 min',
    '1 min',
    '1 min 1 s',
  ]);
  expect([3_600_000, 5_400_000, 86_400_000, 90_000_000].map(duration)).toEqual(['1 h', '1 h 30 min', '1 d', '1 d 1 h']);
});

it('tells a chosen duration without digits that say nothing', () => {
  expect([200, 1_000, 1_500, 1_250, 10_000, 300_000].map(plainDuration)).toEqual([
    '200 ms',
    '1 s',
    '1.5 s',
    '1.25 s',
    '10 s',
    '5 min',
  ]);
});

it('counts a noun', () => {
  expect([0, 1, 1_200].map((value) => counted(value, 'file'))).toEqual(['0 files', '1 file', '1,200 files']);
});

it('says the date of another day', () => {
  const at = new Date(2026, 0, 31, 23, 59, 58, 7).getTime();

  expect(clockOnDay(at, at + 1_000)).toBe('23:59:58.007');
  expect(clockOnDay(at, at + 5_000)).toBe('2026-01-31 23:59:58');
});
