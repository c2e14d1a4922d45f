import { expect, it } from 'vitest';
import { clockOnDay } from './format';

it('says the date of another day', () => {
  const at = new Date(2026, 0, 31, 23, 59, 58, 7).getTime();

  expect(clockOnDay(at, at + 1_000)).toBe('23:59:58.007');
  expect(clockOnDay(at, at + 5_000)).toBe('2026-01-31 23:59:58');
});
