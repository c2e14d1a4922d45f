/**
 * Where nodes stand, and where wires may run between them.
 *
 * Invariants
 * 1. The same graph is laid out the same, whatever order it comes in.
 * 2. Nodes stand in columns, the same ones for the whole drawing: what lies between two columns (a channel) is free
 *    from top to bottom, and no two nodes overlap.
 * 3. What lies in a corridor is free from one end to the other.
 * 4. What hangs together is laid out together, left to right along its edges; what hangs with nothing stands in a grid.
 */
import { layout as dagre, Graph } from '@dagrejs/dagre';

export interface Link {
  source: string;
  target: string;
}

export interface Point {
  x: number;
  y: number;
}

/** A free band across columns; `from` and `to` are channels: channel n lies left of column n. */
export interface Corridor {
  from: number;
  to: number;
  top: number;
  bottom: number;
}

/** Around the nodes of a group; `to` is the channel right of its last column. */
export interface Frame extends Corridor {
  name: string;
}

export interface Laid {
  /** Upper left corners. */
  at: Map<string, Point>;
  columns: number;
  height: number;
  /** For a link that passes columns on its way: where (y) it is free to pass each of them. */
  lanes: Map<string, readonly number[]>;
  corridors: readonly Corridor[];
  frames: readonly Frame[];
}

export const NODE_WIDTH = 224;
export const NODE_HEIGHT = 76;
/** Between two columns. */
export const CHANNEL = 76;
export const PITCH = NODE_WIDTH + CHANNEL;
/** Inside a frame: room around its nodes, for its name above and for wires below them. */
export const FRAME_SIDE = 20;
export const FRAME_TOP = 44;
export const FRAME_BOTTOM = 32;
const FRAME_GAP = 52;
const NODE_GAP = 28;
const LANE_GAP = 16;
const ROW_GAP = 40;
/** Above and below everything. */
const OUTSIDE = 60;
/** How wide a layout wants to be for its height: a screen's shape. */
const SHAPE = 1.6;

export function linkKey(link: Link): string {
  return `${link.source}\n${link.target}`;
}

/** All nodes without groups, from 0, 0. */
export function layOut(ids: readonly string[], links: readonly Link[]): Laid {
  const laid = arranged([...ids].sort(compare), links);
  return { ...laid, corridors: [...laid.corridors, ...around(laid)] };
}

/**
 * The nodes of a group stand together in one frame; frames read in the order of their links, and of `also`: links that
 * say what comes first, but draw no node nearer to another.
 */
export function layOutGroups(
  ids: readonly string[],
  links: readonly Link[],
  groupOf: (id: string) => string,
  also: readonly Link[] = [],
): Laid {
  const members = new Map<string, string[]>();
  for (const id of [...ids].sort(compare)) {
    const name = groupOf(id);
    members.set(name, [...(members.get(name) ?? []), id]);
  }
  const names = [...members.keys()].sort(compare);
  const between = [...links, ...also].map((link) => ({ source: groupOf(link.source), target: groupOf(link.target) }));
  const framed = inReadingOrder(names, between).map((name) => framedOf(name, arranged(members.get(name) ?? [], links)));
  const laid = shelved(framed, FRAME_GAP);
  return { ...laid, corridors: [...laid.corridors, ...around(laid)] };
}

function around(laid: Laid): Corridor[] {
  return [
    { from: 0, to: laid.columns, top: -OUTSIDE, bottom: 0 },
    { from: 0, to: laid.columns, top: laid.height, bottom: laid.height + OUTSIDE },
  ];
}

function framedOf(name: string, inner: Laid): Laid {
  const height = FRAME_TOP + inner.height + FRAME_BOTTOM;
  const moved = movedBy(inner, 0, FRAME_TOP);
  const below = { from: 0, to: inner.columns, top: FRAME_TOP + inner.height, bottom: height };
  return {
    ...moved,
    height,
    corridors: [...moved.corridors, below],
    frames: [{ name, from: 0, to: inner.columns, top: 0, bottom: height }],
  };
}

/** Parts that hang together side by side and below each other; what hangs with nothing in a grid under them. */
function arranged(ids: readonly string[], links: readonly Link[]): Laid {
  const known = new Set(ids);
  const used = links.filter((link) => link.source !== link.target && known.has(link.source) && known.has(link.target));
  const parts = components(ids, used);
  const linked = parts.filter((part) => part.length > 1).map((part) => ranked(part, used));
  const alone = parts.filter((part) => part.length === 1).flat();
  const blocks = linked.sort((one, other) => other.columns * other.height - one.columns * one.height);
  const widest = Math.max(0, ...linked.map((block) => block.columns));
  if (alone.length > 0) blocks.push(shelved(alone.map(single), NODE_GAP, widest));
  return shelved(blocks, ROW_GAP);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The parts that hang together, in order of their first node. */
export function components(ids: readonly string[], links: readonly Link[]): string[][] {
  const neighbours = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { source, target } of links) {
    neighbours.get(source)?.push(target);
    neighbours.get(target)?.push(source);
  }
  const seen = new Set<string>();
  const parts: string[][] = [];
  for (const first of ids) {
    if (seen.has(first)) continue;
    seen.add(first);
    const part: string[] = [];
    const waiting = [first];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      part.push(id);
      for (const next of neighbours.get(id) ?? []) {
        if (!seen.has(next)) waiting.push(next);
        seen.add(next);
      }
    }
    parts.push(part.sort(compare));
  }
  return parts;
}

/** One part that hangs together, left to right; each rank is a column. */
function ranked(part: readonly string[], links: readonly Link[]): Laid {
  const graph = new Graph();
  // Network simplex, the default, fails on some graphs with circles.
  graph.setGraph({ ranker: 'tight-tree', rankdir: 'LR', nodesep: NODE_GAP, edgesep: LANE_GAP, ranksep: CHANNEL });
  const inside = new Set(part);
  for (const id of part) graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  const pairs = links
    .filter((link) => inside.has(link.source) && inside.has(link.target))
    .sort((one, other) => compare(one.source, other.source) || compare(one.target, other.target));
  for (const { source, target } of pairs) graph.setEdge(source, target, { labelpos: 'c' });
  dagre(graph);
  const middle = new Map(part.map((id) => [id, graph.node(id) as unknown as Point]));
  const ranks = [...new Set([...middle.values()].map((point) => Math.round(point.x)))].sort((a, b) => a - b);
  const columnOf = (x: number) => ranks.findIndex((rank) => Math.abs(rank - x) < CHANNEL / 4);
  const columns = new Map([...middle].map(([id, point]) => [id, columnOf(point.x)]));
  const passed = new Map(
    pairs.map((link) => {
      const { points } = graph.edge(link.source, link.target) as unknown as { points: readonly Point[] };
      const [first, last] = [columns.get(link.source) ?? 0, columns.get(link.target) ?? 0];
      const between = points.filter((point) => columnOf(point.x) > first && columnOf(point.x) < last);
      return [linkKey(link), { ys: between.map((point) => point.y), isWhole: between.length === last - first - 1 }];
    }),
  );
  const lanes = new Map([...passed].filter(([, { isWhole }]) => isWhole).map(([key, { ys }]) => [key, ys]));
  const tops = [...middle.values()].map((point) => point.y - NODE_HEIGHT / 2);
  const top = Math.min(...tops, ...[...lanes.values()].flat().map((y) => y - LANE_GAP / 2));
  const bottoms = [...middle.values()].map((point) => point.y + NODE_HEIGHT / 2);
  const bottom = Math.max(...bottoms, ...[...lanes.values()].flat().map((y) => y + LANE_GAP / 2));
  return {
    at: new Map(
      [...middle].map(([id, { y }]) => [
        id,
        { x: (columns.get(id) ?? 0) * PITCH, y: Math.round(y - NODE_HEIGHT / 2 - top) },
      ]),
    ),
    lanes: new Map([...lanes].map(([key, ys]) => [key, ys.map((y) => Math.round(y - top))])),
    columns: ranks.length,
    height: Math.round(bottom - top),
    corridors: [],
    frames: [],
  };
}

/** Names that lead to others first; a chain of frames laid out as a chain would be wider than any screen. */
function inReadingOrder(names: readonly string[], links: readonly Link[]): string[] {
  const used = mainly(links.filter((link) => link.source !== link.target));
  return components(names, used)
    .sort((one, other) => other.length - one.length)
    .flatMap((part) => {
      const { at } = ranked(part, used);
      const x = (name: string) => at.get(name)?.x ?? 0;
      return [...part].sort((one, other) => x(one) - x(other) || compare(one, other));
    });
}

/** Of links both ways between two, the way that more of them go. */
function mainly(links: readonly Link[]): Link[] {
  const counts = new Map<string, { link: Link; count: number }>();
  for (const link of links) {
    const known = counts.get(linkKey(link)) ?? { link, count: 0 };
    known.count += 1;
    counts.set(linkKey(link), known);
  }
  return [...counts.values()]
    .filter(({ link, count }) => {
      const back = counts.get(linkKey({ source: link.target, target: link.source }))?.count ?? 0;
      return count > back || (count === back && link.source < link.target);
    })
    .map(({ link }) => link);
}

function single(id: string): Laid {
  const at = new Map([[id, { x: 0, y: 0 }]]);
  return { at, lanes: new Map(), columns: 1, height: NODE_HEIGHT, corridors: [], frames: [] };
}

function movedBy(laid: Laid, columns: number, y: number): Laid {
  const band = <Band extends Corridor>(one: Band): Band => ({
    ...one,
    from: one.from + columns,
    to: one.to + columns,
    top: one.top + y,
    bottom: one.bottom + y,
  });
  return {
    ...laid,
    at: new Map([...laid.at].map(([id, point]) => [id, { x: point.x + columns * PITCH, y: point.y + y }])),
    lanes: new Map([...laid.lanes].map(([key, ys]) => [key, ys.map((one) => one + y)])),
    corridors: laid.corridors.map(band),
    frames: laid.frames.map(band),
  };
}

/** Blocks side by side in rows, so that the whole has about the shape of a screen; between two rows is a corridor. */
function shelved(blocks: readonly Laid[], gap: number, atLeast = 0): Laid {
  const area = blocks.reduce((sum, block) => sum + block.columns * PITCH * (block.height + gap), 0);
  const widest = Math.max(1, ...blocks.map((block) => block.columns));
  const limit = Math.max(atLeast, widest, Math.round(Math.sqrt(area * SHAPE) / PITCH));
  const whole = { at: new Map(), lanes: new Map(), columns: 0, height: 0, corridors: [], frames: [] } as Laid & {
    corridors: Corridor[];
    frames: Frame[];
  };
  const rows: number[] = [];
  let [column, y, rowHeight] = [0, 0, 0];
  for (const block of blocks) {
    if (column > 0 && column + block.columns > limit) {
      y += rowHeight + gap;
      rows.push(y);
      column = 0;
      rowHeight = 0;
    }
    const moved = movedBy(block, column, y);
    for (const [id, point] of moved.at) whole.at.set(id, point);
    for (const [key, ys] of moved.lanes) whole.lanes.set(key, ys);
    whole.corridors.push(...moved.corridors);
    whole.frames.push(...moved.frames);
    column += block.columns;
    whole.columns = Math.max(whole.columns, column);
    rowHeight = Math.max(rowHeight, block.height);
  }
  whole.height = y + rowHeight;
  for (const top of rows) whole.corridors.push({ from: 0, to: whole.columns, top: top - gap, bottom: top });
  return whole;
}
