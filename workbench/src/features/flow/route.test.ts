import { cpuUsage } from 'node:process';
import { describe, expect, it } from 'vitest';
import {
  type Laid,
  type Link,
  layOut,
  layOutGroups,
  linkKey,
  NODE_HEIGHT,
  NODE_WIDTH,
  type Point,
} from '../../lib/layout';
import { project } from '../../lib/testing/project';
import { type Route, routes } from './route';

const SIZES = [16, 100, 300];
const LIMIT_MS = 300;

/** Nodes that a wire runs through, besides its ends. */
function touched(laid: Laid, links: readonly Link[], found: ReadonlyMap<string, Route>): string[] {
  return links.flatMap((link) => {
    const points = found.get(linkKey(link))?.points ?? [];
    return points.slice(1).flatMap((to, index) => {
      const from = points[index] as Point;
      return [...laid.at]
        .filter(([, { x, y }]) => {
          const isBeside = Math.max(from.x, to.x) <= x || Math.min(from.x, to.x) >= x + NODE_WIDTH;
          const isAbove = Math.max(from.y, to.y) <= y || Math.min(from.y, to.y) >= y + NODE_HEIGHT;
          return !isBeside && !isAbove;
        })
        .map(([id]) => `${link.source} > ${link.target} through ${id}`);
    });
  });
}

function overlapping(laid: Laid): string[] {
  const all = [...laid.at];
  return all.flatMap(([one, a], index) =>
    all
      .slice(index + 1)
      .filter(([, b]) => Math.abs(a.x - b.x) < NODE_WIDTH && Math.abs(a.y - b.y) < NODE_HEIGHT)
      .map(([other]) => `${one} ${other}`),
  );
}

/** How far wires of different bundles lie upon each other (px), which makes them look like one. */
function upon(found: ReadonlyMap<string, Route>): number {
  const stretches = [...found].flatMap(([key, { points }]) =>
    points.slice(1).map((to, index) => ({ key, from: points[index] as Point, to })),
  );
  let sum = 0;
  stretches.forEach((one, index) => {
    for (const other of stretches.slice(index + 1)) {
      const [a, b] = [one.key.split('\n'), other.key.split('\n')];
      if (a[0] === b[0] || a[1] === b[1]) continue;
      for (const [along, across] of [
        ['x', 'y'],
        ['y', 'x'],
      ] as const) {
        const isLevel = one.from[across] === one.to[across] && other.from[across] === other.to[across];
        if (!isLevel || Math.abs(one.from[across] - other.from[across]) > 0.5) continue;
        const shared =
          Math.min(Math.max(one.from[along], one.to[along]), Math.max(other.from[along], other.to[along])) -
          Math.max(Math.min(one.from[along], one.to[along]), Math.min(other.from[along], other.to[along]));
        sum += Math.max(shared, 0);
      }
    }
  });
  return sum;
}

function length(found: ReadonlyMap<string, Route>): number {
  return [...found.values()].reduce(
    (sum, { points }) =>
      sum +
      points
        .slice(1)
        .reduce((part, to, at) => part + Math.hypot(to.x - (points[at]?.x ?? 0), to.y - (points[at]?.y ?? 0)), 0),
    0,
  );
}

describe.each(SIZES)('a project of %i steps', { timeout: 30_000 }, (size) => {
  const { ids, links, flowOf } = project(size);

  it.each([
    ['by flow', () => layOutGroups(ids, links, flowOf)],
    ['as one', () => layOut(ids, links)],
  ])('is drawn %s with no node upon another and no wire through a node', (_, lay) => {
    const laid = lay();
    const found = routes(laid, links);
    expect(laid.at.size).toBe(size);
    expect(found.size).toBe(links.length);
    expect(overlapping(laid)).toEqual([]);
    expect(touched(laid, links, found)).toEqual([]);
    for (const [key, { points }] of found) {
      expect(points.length, key).toBeGreaterThanOrEqual(2);
      expect(points.slice(1).every((to, at) => to.x === points[at]?.x || to.y === points[at]?.y)).toBe(true);
    }
  });

  it('keeps wires that do not belong together apart nearly everywhere', () => {
    const found = routes(layOutGroups(ids, links, flowOf), links);
    expect(upon(found) / length(found)).toBeLessThan(0.02);
  });

  it('leaves the node at its right side and comes in at the left', () => {
    const laid = layOutGroups(ids, links, flowOf);
    const found = routes(laid, links);
    for (const link of links) {
      const points = found.get(linkKey(link))?.points as readonly Point[];
      const [source, target] = [laid.at.get(link.source) as Point, laid.at.get(link.target) as Point];
      expect(points[0]).toEqual({ x: source.x + NODE_WIDTH, y: source.y + NODE_HEIGHT / 2 });
      expect(points.at(-1)).toEqual({ x: target.x, y: target.y + NODE_HEIGHT / 2 });
    }
  });
});

it(`draws 300 steps in less than ${LIMIT_MS} ms`, { timeout: 30_000 }, () => {
  const best = (size: number) => {
    const { ids, links, flowOf } = project(size);
    const draw = () => {
      const from = cpuUsage();
      routes(layOutGroups(ids, links, flowOf), links);
      const { user, system } = cpuUsage(from);
      return (user + system) / 1_000;
    };
    return Math.min(draw(), draw(), draw(), draw());
  };
  // On a machine that is busy with something else 100 steps take their time too.
  expect(best(300)).toBeLessThan(Math.max(LIMIT_MS, 5 * best(100)));
});

it('goes straight to the next column at the same height', () => {
  const links = [{ source: 'a', target: 'b' }];
  expect(routes(layOut(['a', 'b'], links), links).get(linkKey(links[0] as Link))?.points).toHaveLength(2);
});
