import { expect, it } from 'vitest';
import { closest, distance } from './closest';

it.each([
  ['', '', 0],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
  ['send', 'sned', 2],
])('from %s to %s it is %i letters', (one, other, far) => {
  expect(distance(one, other)).toBe(far);
});

it('finds what was probably meant, nearest first', () => {
  const names = ['send-welcome-email', 'send-email', 'charge-card'];

  expect(closest('send-welcom-email', names)).toEqual(['send-welcome-email']);
  expect(closest('Send-Emial', names)).toEqual(['send-email']);
});

it('finds nothing that is not alike, and no more than asked for', () => {
  expect(closest('x', ['charge-card'])).toEqual([]);
  expect(closest('aa', ['ab', 'ac', 'ad', 'ab'], 2)).toEqual(['ab', 'ac']);
});
