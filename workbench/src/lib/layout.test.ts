import { describe, expect, it } from 'vitest';
import { components, FRAME_TOP, type Link, layOut, layOutGroups, NODE_HEIGHT, NODE_WIDTH, PITCH } from './layout';
import { project } from './testing/project';

const link = (text: string): Link => {
  const [source = '', target = ''] = text.split('>');
  return { source, target };
};

describe('layOut', () => {
  it('goes left to right along edges', () => {
    const { at } = layOut(['c', 'b', 'a'], [link('a>b'), link('b>c')]);
    expect(['a', 'b', 'c'].map((id) => at.get(id)?.x)).toEqual([0, PITCH, 2 * PITCH]);
  });

  it('puts parts that hang together apart, and the rest in a grid below', () => {
    const { at } = layOut(['a', 'b', 'x', 'y', 'z'], [link('a>b')]);
    expect(at.get('x')?.y).toBeGreaterThan(at.get('a')?.y ?? 0);
    expect(at.get('x')?.y).toBe(at.get('y')?.y);
  });

  it('does not depend on the order of what it is given', () => {
    const { ids, links } = project(100);
    const one = layOut(ids, links);
    const other = layOut([...ids].reverse(), [...links].reverse());
    expect([...other.at].sort()).toEqual([...one.at].sort());
  });

  it('takes cycles, loops, links to nothing, and no nodes at all', () => {
    const { at } = layOut(['a', 'b'], [link('a>b'), link('b>a'), link('a>a'), link('a>gone')]);
    expect(at.size).toBe(2);
    expect(layOut([], []).at.size).toBe(0);
  });

  it('says where a wire may pass the columns between its ends', () => {
    const { lanes, at } = layOut(['a', 'b', 'c'], [link('a>b'), link('b>c'), link('a>c')]);
    const [y] = lanes.get('a\nc') ?? [];
    const b = at.get('b')?.y ?? 0;
    expect(y === undefined || (y > b && y < b + NODE_HEIGHT)).toBe(false);
  });
});

describe('layOutGroups', () => {
  it('has about the shape of a screen at 100 steps', () => {
    const { ids, links, flowOf } = project(100);
    const { columns, height } = layOutGroups(ids, links, flowOf);
    expect((columns * PITCH) / height).toBeGreaterThan(0.8);
    expect((columns * PITCH) / height).toBeLessThan(4);
  });

  it('keeps the nodes of a group inside its frame, under its name, and frames apart', () => {
    const { ids, links, flowOf } = project(100);
    const { at, frames } = layOutGroups(ids, links, flowOf);
    for (const [id, { x, y }] of at) {
      const frame = frames.find((one) => one.name === flowOf(id));
      expect(frame).toBeDefined();
      if (frame === undefined) continue;
      expect(x).toBeGreaterThanOrEqual(frame.from * PITCH);
      expect(x + NODE_WIDTH).toBeLessThan(frame.to * PITCH);
      expect(y).toBeGreaterThanOrEqual(frame.top + FRAME_TOP);
      expect(y + NODE_HEIGHT).toBeLessThan(frame.bottom);
    }
    const crossing = frames.flatMap((one, index) =>
      frames
        .slice(index + 1)
        .filter(
          (other) => one.from < other.to && other.from < one.to && one.top < other.bottom && other.top < one.bottom,
        ),
    );
    expect(crossing).toEqual([]);
  });
});

describe('components', () => {
  it('finds what hangs together, whichever way the links point', () => {
    expect(components(['a', 'b', 'c', 'd'], [link('b>a'), link('c>b')])).toEqual([['a', 'b', 'c'], ['d']]);
  });
});
