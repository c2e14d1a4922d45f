/**
 * How wires run: along channels between columns and corridors between rows, with right angles.
 *
 * Invariants
 * 1. A wire touches no node but its own two, at the middle of their sides.
 * 2. Wires that run along each other lie side by side, but for those of one bundle: they leave the same node or lead
 *    to the same one, and are one line until they part.
 */
import {
  CHANNEL,
  type Corridor,
  type Laid,
  type Link,
  linkKey,
  NODE_HEIGHT,
  NODE_WIDTH,
  PITCH,
  type Point,
} from '../../lib/layout';

export interface Route {
  points: readonly Point[];
}

/** Down or up in a channel, then along a way to the next channel: a corridor (its place in the list) or a lane (y). */
interface Plan {
  link: Link;
  bundle: string;
  channels: number[];
  ways: ({ corridor: number } | { y: number })[];
  start: Point;
  end: Point;
}

const BEND = 60;
/** A wire through a frame that it has no business in costs as much as one so many times as long. */
const FOREIGN = 4;
const TRIED = 6;
const SPACING = 9;
/** Between a wire in a channel and the nodes beside it: room for an arrow. */
const MARGIN = 16;

export function routes(laid: Laid, links: readonly Link[]): Map<string, Route> {
  const used = links.filter((link) => laid.at.has(link.source) && laid.at.has(link.target));
  const [leaving, entering] = [many(used.map((link) => link.source)), many(used.map((link) => link.target))];
  const plans = used.map((link) => {
    const isToTarget = (entering.get(link.target) ?? 0) > (leaving.get(link.source) ?? 0);
    return planOf(laid, link, isToTarget ? `>${link.target}` : `<${link.source}`);
  });
  const ys = corridorLanes(laid, plans);
  const xs = channelTracks(plans, ys);
  return new Map(plans.map((plan, at) => [linkKey(plan.link), { points: drawn(plan, ys[at] ?? [], xs[at] ?? []) }]));
}

function many(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function planOf(laid: Laid, link: Link, bundle: string): Plan {
  const [source, target] = [laid.at.get(link.source) as Point, laid.at.get(link.target) as Point];
  const start = { x: source.x + NODE_WIDTH, y: source.y + NODE_HEIGHT / 2 };
  const end = { x: target.x, y: target.y + NODE_HEIGHT / 2 };
  const [first, last] = [Math.round(source.x / PITCH) + 1, Math.round(target.x / PITCH)];
  const plan = { link, bundle, start, end };
  const lanes = laid.lanes.get(linkKey(link));
  if (lanes !== undefined && lanes.length === last - first) {
    return { ...plan, channels: [first, ...lanes.map((_, at) => first + 1 + at)], ways: lanes.map((y) => ({ y })) };
  }
  return { ...plan, ...cheapest(laid, first, start.y, last, end.y) };
}

/** Straight along one channel, by one corridor, or by two and a channel that leads past all frames. */
function cheapest(laid: Laid, first: number, from: number, last: number, to: number): Pick<Plan, 'channels' | 'ways'> {
  const isOwn = (frame: Corridor) =>
    (frame.from < first && first <= frame.to && frame.top <= from && from <= frame.bottom) ||
    (frame.from <= last && last < frame.to && frame.top <= to && to <= frame.bottom);
  const foreign = laid.frames.filter((frame) => !isOwn(frame));
  const fall = (channel: number, y: number, z: number) => {
    let cost = Math.abs(y - z);
    for (const frame of foreign) {
      if (channel <= frame.from || channel >= frame.to) continue;
      const shared = Math.min(Math.max(y, z), frame.bottom) - Math.max(Math.min(y, z), frame.top);
      if (shared > 0) cost += shared * FOREIGN;
    }
    return cost;
  };
  const middle = (corridor: number) => {
    const { top, bottom } = laid.corridors[corridor] as Corridor;
    return (top + bottom) / 2;
  };
  let best: { cost: number; channels: number[]; corridors: number[] } = {
    cost: first === last ? fall(first, from, to) : Number.POSITIVE_INFINITY,
    channels: [first],
    corridors: [],
  };
  const offer = (cost: number, channels: number[], corridors: number[]) => {
    if (cost < best.cost) best = { cost, channels, corridors };
  };
  const starts = nearest(laid, first, from);
  const ends = nearest(laid, last, to);
  for (const one of new Set([...starts, ...ends])) {
    const { from: left, to: right } = laid.corridors[one] as Corridor;
    if (first < left || first > right || last < left || last > right) continue;
    const y = middle(one);
    const cost = fall(first, from, y) + Math.abs(first - last) * PITCH + fall(last, y, to) + 2 * BEND;
    offer(cost, [first, last], [one]);
  }
  for (const one of starts) {
    for (const other of ends) {
      if (one === other) continue;
      const [a, b] = [laid.corridors[one] as Corridor, laid.corridors[other] as Corridor];
      for (let channel = Math.max(a.from, b.from); channel <= Math.min(a.to, b.to); channel++) {
        const along = (Math.abs(first - channel) + Math.abs(channel - last)) * PITCH;
        const [y, z] = [middle(one), middle(other)];
        const cost = fall(first, from, y) + fall(channel, y, z) + fall(last, z, to) + along + 4 * BEND;
        offer(cost, [first, channel, last], [one, other]);
      }
    }
  }
  return { channels: best.channels, ways: best.corridors.map((corridor) => ({ corridor })) };
}

/** The corridors that a channel crosses near a height. */
function nearest(laid: Laid, channel: number, y: number): number[] {
  return laid.corridors
    .map((corridor, at) => ({ corridor, at, far: Math.abs((corridor.top + corridor.bottom) / 2 - y) }))
    .filter(({ corridor }) => corridor.from <= channel && channel <= corridor.to)
    .sort((one, other) => one.far - other.far || one.at - other.at)
    .slice(0, TRIED)
    .map(({ at }) => at);
}

interface Stretch {
  plan: number;
  part: number;
  bundle: string;
  from: number;
  to: number;
}

/** For each plan the height of each of its ways. */
function corridorLanes(laid: Laid, plans: readonly Plan[]): number[][] {
  const ys = plans.map((plan) => plan.ways.map((way) => ('y' in way ? way.y : 0)));
  const stretches = new Map<number, Stretch[]>();
  plans.forEach((plan, at) => {
    plan.ways.forEach((way, part) => {
      if ('y' in way) return;
      const [from, to] = sorted(plan.channels[part] ?? 0, plan.channels[part + 1] ?? 0);
      push(stretches, way.corridor, { plan: at, part, bundle: plan.bundle, from, to });
    });
  });
  for (const [corridor, own] of stretches) {
    const { top, bottom } = laid.corridors[corridor] as Corridor;
    const lanes = sideBySide(own, 0);
    const spacing = Math.min(SPACING, (bottom - top - 12) / Math.max(lanes.count - 1, 1));
    own.forEach((stretch, index) => {
      const offset = ((lanes.of[index] ?? 0) - (lanes.count - 1) / 2) * spacing;
      (ys[stretch.plan] as number[])[stretch.part] = (top + bottom) / 2 + offset;
    });
  }
  return ys;
}

/** For each plan the place of each of its channels. */
function channelTracks(plans: readonly Plan[], ys: readonly (readonly number[])[]): number[][] {
  const xs = plans.map((plan) => plan.channels.map(() => 0));
  const stretches = new Map<number, Stretch[]>();
  plans.forEach((plan, at) => {
    plan.channels.forEach((channel, part) => {
      const [from, to] = sorted(
        part === 0 ? plan.start.y : (ys[at]?.[part - 1] ?? 0),
        part === plan.ways.length ? plan.end.y : (ys[at]?.[part] ?? 0),
      );
      if (to - from >= 1) push(stretches, channel, { plan: at, part, bundle: plan.bundle, from, to });
    });
  });
  for (const [channel, own] of stretches) {
    const tracks = sideBySide(own, 6);
    const spacing = Math.min(SPACING, (CHANNEL - 2 * MARGIN) / Math.max(tracks.count - 1, 1));
    const middle = channel * PITCH - CHANNEL / 2;
    own.forEach((stretch, index) => {
      const offset = ((tracks.of[index] ?? 0) - (tracks.count - 1) / 2) * spacing;
      (xs[stretch.plan] as number[])[stretch.part] = middle + offset;
    });
  }
  return xs;
}

/** A place beside each other for stretches that overlap, as few as they need; those of one bundle share theirs. */
function sideBySide(stretches: readonly Stretch[], apart: number): { of: number[]; count: number } {
  const of = stretches.map(() => 0);
  const places: Stretch[][] = [];
  const order = stretches.map((stretch, index) => ({ stretch, index }));
  order.sort((one, other) => one.stretch.from - other.stretch.from || one.stretch.to - other.stretch.to);
  for (const { stretch, index } of order) {
    const isFree = (taken: readonly Stretch[]) =>
      taken.every(
        (other) =>
          other.bundle === stretch.bundle || other.to + apart < stretch.from || other.from - apart > stretch.to,
      );
    const shared = places.findIndex((taken) => taken.some((one) => one.bundle === stretch.bundle) && isFree(taken));
    let place = shared >= 0 ? shared : places.findIndex(isFree);
    if (place < 0) place = places.push([]) - 1;
    places[place]?.push(stretch);
    of[index] = place;
  }
  return { of, count: places.length };
}

function drawn(plan: Plan, ys: readonly number[], xs: readonly number[]): Point[] {
  const points: Point[] = [plan.start];
  let y = plan.start.y;
  plan.channels.forEach((_, part) => {
    const next = part === plan.ways.length ? plan.end.y : (ys[part] ?? y);
    const x = xs[part] ?? 0;
    if (Math.abs(next - y) >= 1) points.push({ x, y }, { x, y: next });
    y = next;
  });
  points.push(plan.end);
  return points.filter((point, at) => !isOnTheWay(points[at - 1], point, points[at + 1]));
}

function isOnTheWay(before: Point | undefined, point: Point, after: Point | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return (before.x === point.x && point.x === after.x) || (before.y === point.y && point.y === after.y);
}

function sorted(one: number, other: number): [number, number] {
  return one < other ? [one, other] : [other, one];
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
