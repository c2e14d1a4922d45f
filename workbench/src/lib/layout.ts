/**
 * Where nodes stand.
 *
 * Invariants
 * 1. The same graph is laid out the same, whatever order it comes in.
 * 2. No two nodes of a layout overlap.
 * 3. What hangs together is laid out together, left to right along its edges; what hangs with nothing stands in a grid.
 */
import { layout as dagre, Graph } from '@dagrejs/dagre';

export interface Box {
  id: string;
  width: number;
  height: number;
}

export interface Link {
  source: string;
  target: string;
}

export interface Point {
  x: number;
  y: number;
}

export interface Laid {
  at: Map<string, Point>;
  width: number;
  height: number;
}

export interface Grouped {
  at: Map<string, Point>;
  groups: readonly { name: string; x: number; y: number; width: number; height: number }[];
}

const GAP = 48;
const RANK_GAP = 96;
const GRID_GAP = 24;
/** Inside a group: room around its nodes, and for its name above them. */
export const GROUP_PADDING = 28;
export const GROUP_TITLE = 30;
/** How wide a layout wants to be for its height: a screen's shape. */
const SHAPE = 1.7;

/** Positions of the upper left corners, from 0, 0. */
export function layOut(boxes: readonly Box[], links: readonly Link[]): Laid {
  const sorted = [...boxes].sort((one, other) => compare(one.id, other.id));
  const known = new Map(sorted.map((box) => [box.id, box]));
  const used = links.filter((link) => link.source !== link.target && known.has(link.source) && known.has(link.target));
  const parts = components(sorted, used);
  const linked = parts.filter((part) => part.length > 1).map((part) => ranked(part, used));
  const alone = parts.filter((part) => part.length === 1).flat();
  const blocks = linked.sort((one, other) => other.width * other.height - one.width * one.height);
  const widest = Math.max(0, ...linked.map((block) => block.width));
  if (alone.length > 0) blocks.push(shelved(alone.map(single), GRID_GAP, widest));
  return shelved(blocks, GAP);
}

/** A layout of layouts: the nodes of a group stand together in one box; boxes read in the order of their links. */
export function layOutGroups(boxes: readonly Box[], links: readonly Link[], groupOf: (id: string) => string): Grouped {
  const names = [...new Set(boxes.map((box) => groupOf(box.id)))].sort(compare);
  const inner = new Map(
    names.map((name) => {
      const own = boxes.filter((box) => groupOf(box.id) === name);
      return [name, layOut(own, links)] as const;
    }),
  );
  const frames = names.map((name) => {
    const laid = inner.get(name) as Laid;
    return { id: name, width: laid.width + 2 * GROUP_PADDING, height: laid.height + 2 * GROUP_PADDING + GROUP_TITLE };
  });
  const outer = shelved(
    inReadingOrder(
      frames,
      links.map((link) => ({ source: groupOf(link.source), target: groupOf(link.target) })),
    ).map(single),
    GAP,
  );
  const at = new Map<string, Point>();
  const groups: { name: string; x: number; y: number; width: number; height: number }[] = [];
  for (const [name, laid] of inner) {
    const corner = outer.at.get(name) ?? { x: 0, y: 0 };
    for (const [id, point] of laid.at)
      at.set(id, { x: corner.x + GROUP_PADDING + point.x, y: corner.y + GROUP_PADDING + GROUP_TITLE + point.y });
    const { width, height } = frames.find((frame) => frame.id === name) as Box;
    groups.push({ name, ...corner, width, height });
  }
  return { at, groups };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The parts that hang together, in order of their first node. */
export function components(boxes: readonly Box[], links: readonly Link[]): Box[][] {
  const neighbours = new Map<string, string[]>(boxes.map((box) => [box.id, []]));
  for (const { source, target } of links) {
    neighbours.get(source)?.push(target);
    neighbours.get(target)?.push(source);
  }
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const seen = new Set<string>();
  const parts: Box[][] = [];
  for (const box of boxes) {
    if (seen.has(box.id)) continue;
    seen.add(box.id);
    const part: Box[] = [];
    const waiting = [box.id];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      part.push(byId.get(id) as Box);
      for (const next of neighbours.get(id) ?? []) {
        if (!seen.has(next)) waiting.push(next);
        seen.add(next);
      }
    }
    parts.push(part.sort((one, other) => compare(one.id, other.id)));
  }
  return parts;
}

/** One part that hangs together, left to right. */
function ranked(part: readonly Box[], links: readonly Link[]): Laid {
  const graph = new Graph();
  // Network simplex, the default, fails on some graphs with circles.
  graph.setGraph({ ranker: 'tight-tree', rankdir: 'LR', nodesep: 28, ranksep: RANK_GAP, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  const inside = new Set(part.map((box) => box.id));
  for (const { id, width, height } of part) graph.setNode(id, { width, height });
  const pairs = links
    .filter((link) => inside.has(link.source) && inside.has(link.target))
    .sort((one, other) => compare(one.source, other.source) || compare(one.target, other.target));
  for (const { source, target } of pairs) graph.setEdge(source, target);
  dagre(graph);
  const at = new Map(
    part.map(({ id, width, height }) => {
      const node = graph.node(id) as unknown as Point;
      return [id, { x: node.x - width / 2, y: node.y - height / 2 }] as const;
    }),
  );
  return fromOrigin(at, part);
}

/** Boxes that lead to others first; a chain of boxes laid out as a chain would be wider than any screen. */
function inReadingOrder(boxes: readonly Box[], links: readonly Link[]): Box[] {
  const used = links.filter((link) => link.source !== link.target);
  return components(boxes, used)
    .sort((one, other) => other.length - one.length)
    .flatMap((part) => {
      const { at } = ranked(part, used);
      const x = (box: Box) => at.get(box.id)?.x ?? 0;
      return part.sort((one, other) => x(one) - x(other) || compare(one.id, other.id));
    });
}

function single(box: Box): Laid {
  return { at: new Map([[box.id, { x: 0, y: 0 }]]), width: box.width, height: box.height };
}

function fromOrigin(at: Map<string, Point>, boxes: readonly Box[]): Laid {
  const left = Math.min(...[...at.values()].map((point) => point.x));
  const top = Math.min(...[...at.values()].map((point) => point.y));
  let [width, height] = [0, 0];
  const moved = new Map<string, Point>();
  for (const box of boxes) {
    const point = at.get(box.id) as Point;
    const [x, y] = [Math.round(point.x - left), Math.round(point.y - top)];
    moved.set(box.id, { x, y });
    width = Math.max(width, x + box.width);
    height = Math.max(height, y + box.height);
  }
  return { at: moved, width, height };
}

/** Blocks side by side in rows, so that the whole has about the shape of a screen. */
function shelved(blocks: readonly Laid[], gap: number, atLeast = 0): Laid {
  const area = blocks.reduce((sum, block) => sum + (block.width + gap) * (block.height + gap), 0);
  const widest = Math.max(0, ...blocks.map((block) => block.width));
  const limit = Math.max(atLeast, widest, Math.sqrt(area * SHAPE));
  const at = new Map<string, Point>();
  let [x, y, rowHeight, width] = [0, 0, 0, 0];
  for (const block of blocks) {
    if (x > 0 && x + block.width > limit) {
      y += rowHeight + gap;
      x = 0;
      rowHeight = 0;
    }
    for (const [id, point] of block.at) at.set(id, { x: x + point.x, y: y + point.y });
    width = Math.max(width, x + block.width);
    rowHeight = Math.max(rowHeight, block.height);
    x += block.width + gap;
  }
  return { at, width, height: y + rowHeight };
}
