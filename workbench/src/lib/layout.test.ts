import { describe, expect, it } from 'vitest';
import { type Box, components, type Link, layOut, layOutGroups, type Point } from './layout';

const SIZE = { width: 240, height: 88 };
const boxes = (...ids: string[]): Box[] => ids.map((id) => ({ id, ...SIZE }));
const link = (text: string): Link => {
  const [source = '', target = ''] = text.split('>');
  return { source, target };
};

/** A project of 100 steps: chains, fans, a cycle, and steps that hang with nothing. */
function large(): { all: Box[]; links: Link[]; flowOf: (id: string) => string } {
  const names = Array.from({ length: 100 }, (_, at) => `step-${String(at).padStart(3, '0')}`);
  const links: Link[] = [];
  for (let at = 0; at < 80; at++) {
    if (at % 10 !== 9) links.push({ source: names[at] as string, target: names[at + 1] as string });
    if (at % 7 === 0) links.push({ source: names[at] as string, target: names[(at * 3 + 5) % 80] as string });
  }
  links.push({ source: names[9] as string, target: names[0] as string });
  return { all: boxes(...names), links, flowOf: (id) => `flow-${Math.floor(Number(id.slice(5)) / 12)}` };
}

function overlaps(at: Map<string, Point>): string[] {
  const all = [...at];
  return all.flatMap(([one, a], index) =>
    all
      .slice(index + 1)
      .filter(([, b]) => Math.abs(a.x - b.x) < SIZE.width && Math.abs(a.y - b.y) < SIZE.height)
      .map(([other]) => `${one} ${other}`),
  );
}

describe('layOut', () => {
  it('goes left to right along edges', () => {
    const { at } = layOut(boxes('c', 'b', 'a'), [link('a>b'), link('b>c')]);
    const [a, b, c] = ['a', 'b', 'c'].map((id) => at.get(id)?.x ?? Number.NaN);
    expect(a).toBeLessThan(b as number);
    expect(b).toBeLessThan(c as number);
  });

  it('puts parts that hang together apart, and the rest in a grid below', () => {
    const { at } = layOut(boxes('a', 'b', 'x', 'y', 'z'), [link('a>b')]);
    expect(overlaps(at)).toEqual([]);
    expect(at.get('x')?.y).toBeGreaterThan(at.get('a')?.y ?? 0);
    expect(at.get('x')?.y).toBe(at.get('y')?.y);
  });

  it('does not depend on the order of what it is given', () => {
    const { all, links } = large();
    const one = layOut(all, links);
    const other = layOut([...all].reverse(), [...links].reverse());
    expect([...other.at].sort()).toEqual([...one.at].sort());
  });

  it('lays 100 steps out without an overlap', () => {
    const { all, links } = large();
    const { at } = layOut(all, links);
    expect(at.size).toBe(100);
    expect(overlaps(at)).toEqual([]);
  });

  it('takes cycles, loops, links to nothing, and no nodes at all', () => {
    const { at } = layOut(boxes('a', 'b'), [link('a>b'), link('b>a'), link('a>a'), link('a>gone')]);
    expect(at.size).toBe(2);
    expect(overlaps(at)).toEqual([]);
    expect(layOut([], [])).toEqual({ at: new Map(), width: 0, height: 0 });
  });
});

describe('layOutGroups', () => {
  it('has about the shape of a screen at 100 steps', () => {
    const { all, links, flowOf } = large();
    const { groups } = layOutGroups(all, links, flowOf);
    const width = Math.max(...groups.map((group) => group.x + group.width));
    const height = Math.max(...groups.map((group) => group.y + group.height));
    expect(width / height).toBeGreaterThan(0.8);
    expect(width / height).toBeLessThan(4);
  });

  it('keeps the nodes of a group inside its box, and boxes apart', () => {
    const { all, links, flowOf } = large();
    const { at, groups } = layOutGroups(all, links, flowOf);
    expect(overlaps(at)).toEqual([]);
    for (const [id, point] of at) {
      const group = groups.find((one) => one.name === flowOf(id));
      expect(group).toBeDefined();
      if (group === undefined) continue;
      expect(point.x).toBeGreaterThan(group.x);
      expect(point.x + SIZE.width).toBeLessThan(group.x + group.width);
      expect(point.y + SIZE.height).toBeLessThan(group.y + group.height);
    }
    const crossing = groups.flatMap((one, index) =>
      groups
        .slice(index + 1)
        .filter(
          (other) =>
            one.x < other.x + other.width &&
            other.x < one.x + one.width &&
            one.y < other.y + other.height &&
            other.y < one.y + one.height,
        ),
    );
    expect(crossing).toEqual([]);
  });
});

describe('components', () => {
  it('finds what hangs together, whichever way the links point', () => {
    const parts = components(boxes('a', 'b', 'c', 'd'), [link('b>a'), link('c>b')]);
    expect(parts.map((part) => part.map((box) => box.id))).toEqual([['a', 'b', 'c'], ['d']]);
  });
});
