import { describe, expect, it } from 'vitest';
import { NODE_WIDTH } from '../../lib/layout';
import { viewOf, viewWith } from './view';

const ROOM = { width: 1_000, height: 600 };

describe('viewOf', () => {
  it('puts what is small in the middle, no larger than it is', () => {
    const view = viewOf([{ x: 0, y: 0 }], [], ROOM, 0.75);
    expect(view.zoom).toBe(1);
    expect(view.x + NODE_WIDTH / 2).toBe(500);
  });

  it('begins at the upper left of what is too large to be read as a whole', () => {
    const places = [
      { x: 0, y: 0 },
      { x: 5_000, y: 0 },
    ];
    const view = viewOf(places, [{ x: -60, y: 0 }], ROOM, 0.75);
    expect(view.zoom).toBe(0.75);
    expect(-60 * view.zoom + view.x).toBe(12);
    expect(viewOf(places, [], ROOM, 0.08).zoom).toBeLessThan(0.2);
  });
});

describe('viewWith', () => {
  it('stays when the node is seen', () => {
    const view = { x: 0, y: 0, zoom: 1 };
    expect(viewWith({ x: 300, y: 200 }, view, ROOM, 0.6)).toEqual(view);
  });

  it('moves no farther than it takes', () => {
    const { x, y } = viewWith({ x: 900, y: 200 }, { x: 0, y: 0, zoom: 1 }, ROOM, 0.6);
    expect(900 + NODE_WIDTH + x).toBe(1_000 - 48);
    expect(y).toBe(0);
  });
});
