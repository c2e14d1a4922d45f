import { describe, expect, it } from 'vitest';
import { pathOf, roomOf } from './path';

const CORNERS = [
  { x: 0, y: 0 },
  { x: 40, y: 0 },
  { x: 40, y: 6 },
  { x: 200, y: 6 },
];

describe('pathOf', () => {
  it('rounds corners, less where there is no room', () => {
    expect(pathOf(CORNERS)).toBe('M0,0 L37,0 Q40,0 40,3 L40,3 Q40,6 43,6 L200,6');
  });

  it('takes a straight wire and none', () => {
    expect(pathOf(CORNERS.slice(0, 2))).toBe('M0,0 L40,0');
    expect(pathOf([])).toBe('');
  });
});

it('finds the longest level part', () => {
  expect(roomOf(CORNERS)).toEqual({ x: 120, y: 6, length: 160 });
  expect(roomOf([{ x: 1, y: 2 }])).toEqual({ x: 1, y: 2, length: 0 });
});
