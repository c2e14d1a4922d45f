/** Walking the graph by arrow keys: along edges first, else to what lies that way. */
import type { Point } from '../../lib/layout';

export type Direction = 'left' | 'right' | 'up' | 'down';

interface Pair {
  source: string;
  target: string;
}

/**
 * The node to go to from `from`; undefined when nothing lies that way.
 *
 * Right and left follow an edge if one leads out or in, wherever its other end stands. Else, and for up and down, it
 * is the nearest node in that quarter.
 */
export function step(
  at: ReadonlyMap<string, Point>,
  pairs: readonly Pair[],
  from: string | undefined,
  direction: Direction,
): string | undefined {
  const here = from === undefined ? undefined : at.get(from);
  if (from === undefined || here === undefined) return first(at);
  if (direction === 'right' || direction === 'left') {
    const linked = pairs.flatMap(({ source, target }) =>
      direction === 'right' ? (source === from ? [target] : []) : target === from ? [source] : [],
    );
    const near = nearest(
      linked.filter((id) => id !== from && at.has(id)),
      at,
      here,
    );
    if (near !== undefined) return near;
  }
  const [dx, dy] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[direction] as [number, number];
  const ahead = [...at.keys()].filter((id) => {
    const point = at.get(id) as Point;
    const along = (point.x - here.x) * dx + (point.y - here.y) * dy;
    const aside = Math.abs((point.x - here.x) * dy) + Math.abs((point.y - here.y) * dx);
    return id !== from && along > 0 && aside <= along * 2;
  });
  return nearest(ahead, at, here);
}

/** Where a walk begins: the upper left. */
function first(at: ReadonlyMap<string, Point>): string | undefined {
  return [...at].sort(([, a], [, b]) => a.x + a.y - (b.x + b.y))[0]?.[0];
}

function nearest(ids: readonly string[], at: ReadonlyMap<string, Point>, here: Point): string | undefined {
  const distance = (id: string) => {
    const point = at.get(id) as Point;
    return Math.hypot(point.x - here.x, point.y - here.y);
  };
  return [...ids].sort((one, other) => distance(one) - distance(other) || (one < other ? -1 : 1))[0];
}
