/**
 * Wires of nodes that stand elsewhere than they were laid out: by right angles around all nodes.
 *
 * Invariants
 * 1. A wire that is found touches no node but its own two, at the middle of their sides.
 * 2. It is the cheapest by length and bends along lines beside the nodes near it; where there is none, no wire is found.
 */
import { type Link, linkKey, NODE_HEIGHT, NODE_WIDTH, type Point } from '../../lib/layout';
import type { Route } from './route';

/** Beside a node: half the room that two nodes of a column leave. */
const GAP = 14;
const CLEAR = 6;
const BEND = 60;
/** Around its two ends a wire is looked for first; far detours are rare, and take all nodes into account. */
const AROUND = 2 * NODE_WIDTH;
/** More wires than that are no longer looked for: they stay plain. */
const WIRES_MAX = 400;

export function detours(at: ReadonlyMap<string, Point>, links: readonly Link[]): Map<string, Route> {
  const found = new Map<string, Route>();
  const all = [...at.values()];
  for (const link of links.slice(0, WIRES_MAX)) {
    const [source, target] = [at.get(link.source), at.get(link.target)];
    if (source === undefined || target === undefined) continue;
    const points = way(near(all, source, target), source, target) ?? way(all, source, target);
    if (points !== undefined) found.set(linkKey(link), { points });
  }
  return found;
}

/** Whether a wire runs over one of the nodes. */
export function runsOver(points: readonly Point[], nodes: readonly Point[]): boolean {
  return points.slice(1).some((to, index) => {
    const from = points[index] as Point;
    return nodes.some(({ x, y }) => {
      const isBeside = Math.max(from.x, to.x) <= x || Math.min(from.x, to.x) >= x + NODE_WIDTH;
      const isAbove = Math.max(from.y, to.y) <= y || Math.min(from.y, to.y) >= y + NODE_HEIGHT;
      return !isBeside && !isAbove;
    });
  });
}

function near(all: readonly Point[], source: Point, target: Point): Point[] {
  const [left, right] = [Math.min(source.x, target.x) - AROUND, Math.max(source.x, target.x) + AROUND];
  const [top, bottom] = [Math.min(source.y, target.y) - AROUND, Math.max(source.y, target.y) + AROUND];
  return all.filter(({ x, y }) => x >= left && x <= right && y >= top && y <= bottom);
}

/** The corners from the right side of one node to the left side of the other. */
function way(nodes: readonly Point[], source: Point, target: Point): Point[] | undefined {
  const start = { x: source.x + NODE_WIDTH, y: source.y + NODE_HEIGHT / 2 };
  const end = { x: target.x, y: target.y + NODE_HEIGHT / 2 };
  const xs = lines(nodes.flatMap(({ x }) => [x - GAP, x + NODE_WIDTH + GAP]));
  const ys = lines([...nodes.flatMap(({ y }) => [y - GAP, y + NODE_HEIGHT + GAP]), start.y, end.y]);
  const grid = { xs, ys, ...closed(nodes, xs, ys) };
  const from = xs.indexOf(start.x + GAP) + ys.indexOf(start.y) * xs.length;
  const to = xs.indexOf(end.x - GAP) + ys.indexOf(end.y) * xs.length;
  const path = cheapest(grid, from, to);
  if (path === undefined) return undefined;
  const points = path.map((place) => ({ x: xs[place % xs.length] ?? 0, y: ys[Math.floor(place / xs.length)] ?? 0 }));
  return corners([start, ...points, end]);
}

function lines(places: readonly number[]): number[] {
  return [...new Set(places)].sort((one, other) => one - other);
}

interface Grid {
  xs: readonly number[];
  ys: readonly number[];
  /** Whether the piece to the right of (below) a place is closed by a node. */
  right: Uint8Array;
  below: Uint8Array;
}

function closed(nodes: readonly Point[], xs: readonly number[], ys: readonly number[]): Pick<Grid, 'right' | 'below'> {
  const width = xs.length;
  const [right, below] = [new Uint8Array(width * ys.length), new Uint8Array(width * ys.length)];
  for (const node of nodes) {
    const [left, end] = [node.x - CLEAR, node.x + NODE_WIDTH + CLEAR];
    const [top, bottom] = [node.y - CLEAR, node.y + NODE_HEIGHT + CLEAR];
    for (let j = 0; j < ys.length && (ys[j] as number) < bottom; j++) {
      const [y, yNext] = [ys[j] as number, ys[j + 1] ?? Number.POSITIVE_INFINITY];
      if (yNext <= top) continue;
      for (let i = 0; i < width && (xs[i] as number) < end; i++) {
        const [x, xNext] = [xs[i] as number, xs[i + 1] ?? Number.POSITIVE_INFINITY];
        if (xNext <= left) continue;
        if (y > top) right[i + j * width] = 1;
        if (x > left) below[i + j * width] = 1;
      }
    }
  }
  return { right, below };
}

/** Places from one to the other; a state is a place and whether it was reached level or upright. */
function cheapest(grid: Grid, from: number, to: number): number[] | undefined {
  const { xs, ys, right, below } = grid;
  const width = xs.length;
  const size = width * ys.length;
  const cost = new Float64Array(size * 2).fill(Number.POSITIVE_INFINITY);
  const before = new Int32Array(size * 2).fill(-1);
  const [endX, endY] = [xs[to % width] as number, ys[Math.floor(to / width)] as number];
  const left = (place: number) =>
    Math.abs((xs[place % width] as number) - endX) + Math.abs((ys[Math.floor(place / width)] as number) - endY);
  const open = new Heap();
  const reach = (state: number, at: number, by: number) => {
    if (at >= (cost[state] as number)) return;
    cost[state] = at;
    before[state] = by;
    open.push(state, at + left(state >> 1));
  };
  reach(from * 2, 0, -1);
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const place = state >> 1;
    if (place === to) return traced(before, state);
    const [i, j] = [place % width, Math.floor(place / width)];
    const spent = cost[state] as number;
    const level = spent + (state & 1 ? BEND : 0);
    const upright = spent + (state & 1 ? 0 : BEND);
    const [x, y] = [xs[i] as number, ys[j] as number];
    if (i + 1 < width && !right[place]) reach((place + 1) * 2, level + (xs[i + 1] as number) - x, state);
    if (i > 0 && !right[place - 1]) reach((place - 1) * 2, level + x - (xs[i - 1] as number), state);
    if (j + 1 < ys.length && !below[place]) reach((place + width) * 2 + 1, upright + (ys[j + 1] as number) - y, state);
    if (j > 0 && !below[place - width]) reach((place - width) * 2 + 1, upright + y - (ys[j - 1] as number), state);
  }
  return undefined;
}

function traced(before: Int32Array, last: number): number[] {
  const path: number[] = [];
  for (let state = last; state >= 0; state = before[state] as number) path.push(state >> 1);
  return path.reverse();
}

function corners(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  points.forEach((point, at) => {
    const [last, next] = [kept.at(-1), points[at + 1]];
    const isOnTheWay =
      last !== undefined &&
      next !== undefined &&
      ((last.x === point.x && point.x === next.x) || (last.y === point.y && point.y === next.y));
    if (!isOnTheWay) kept.push(point);
  });
  return kept;
}

/** The state that costs least comes out first. */
class Heap {
  private readonly states: number[] = [];
  private readonly costs: number[] = [];

  push(state: number, cost: number): void {
    let at = this.states.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if ((this.costs[above] as number) <= cost) break;
      this.put(at, above);
      at = above;
    }
    this.states[at] = state;
    this.costs[at] = cost;
  }

  pop(): number | undefined {
    const first = this.states[0];
    const [state, cost] = [this.states.pop(), this.costs.pop()];
    if (state === undefined || cost === undefined || this.states.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= this.states.length) break;
      if (below + 1 < this.states.length && (this.costs[below + 1] as number) < (this.costs[below] as number)) below++;
      if ((this.costs[below] as number) >= cost) break;
      this.put(at, below);
      at = below;
    }
    this.states[at] = state;
    this.costs[at] = cost;
    return first;
  }

  private put(at: number, from: number): void {
    this.states[at] = this.states[from] as number;
    this.costs[at] = this.costs[from] as number;
  }
}
