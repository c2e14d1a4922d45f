import { expect, it } from 'vitest';
import { zoned } from './zoned';

const at = Date.UTC(2026, 10, 23, 7, 30);

it('shows the clock on the wall of the zone', () => {
  expect(zoned(at, 'America/New_York')).toBe('Mon 23 Nov 02:30:00');
  expect(zoned(at, 'Asia/Kathmandu')).toBe('Mon 23 Nov 13:15:00');
});

it('says UTC when the browser does not know the zone', () => {
  expect(zoned(at, 'Mars/Olympus')).toContain('07:30:00 UTC');
});
