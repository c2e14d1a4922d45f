/** Corners of a wire as the path that is drawn, and where on it a name has most room. */
import type { Point } from '../../lib/layout';

const RADIUS = 8;

export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${first.x},${first.y}`;
  rest.forEach((corner, at) => {
    const before = points[at] as Point;
    const after = rest[at + 1];
    if (after === undefined) {
      path += ` L${corner.x},${corner.y}`;
      return;
    }
    const radius = Math.min(RADIUS, distance(before, corner) / 2, distance(corner, after) / 2);
    const into = towards(corner, before, radius);
    const out = towards(corner, after, radius);
    path += ` L${into.x},${into.y} Q${corner.x},${corner.y} ${out.x},${out.y}`;
  });
  return path;
}

/** The middle of the longest level part, and how long that is. */
export function roomOf(points: readonly Point[]): Point & { length: number } {
  let best = { ...(points[0] ?? { x: 0, y: 0 }), length: 0 };
  points.slice(1).forEach((to, at) => {
    const from = points[at] as Point;
    const length = Math.abs(to.x - from.x);
    if (from.y === to.y && length > best.length) best = { x: (from.x + to.x) / 2, y: to.y, length };
  });
  return best;
}

function distance(one: Point, other: Point): number {
  return Math.abs(one.x - other.x) + Math.abs(one.y - other.y);
}

function towards(from: Point, to: Point, by: number): Point {
  const far = Math.max(distance(from, to), 1);
  return { x: from.x + ((to.x - from.x) / far) * by, y: from.y + ((to.y - from.y) / far) * by };
}
