/** The graph as it is drawn: one line between two nodes, however many ways it is known. */
import type { Graph, GraphNode } from '../../api/catalog';

export const EDGE_KINDS = ['declared', 'topic', 'workflow', 'static', 'observed', 'on_error'] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

export const EDGE_WORDS: Record<EdgeKind, { title: string; says: string }> = {
  declared: { title: 'Declared', says: 'the step names the target in its options' },
  topic: { title: 'By topic', says: 'the step names a topic, and the target subscribes to it' },
  workflow: { title: 'Workflow', says: 'a workflow lets it go on when the step is done' },
  static: { title: 'In the source', says: 'a call found in the code, not declared' },
  observed: { title: 'Really seen', says: 'it has happened, with how often' },
  on_error: { title: 'On failure', says: 'where final failures go' },
};

/** Hidden unless asked for: nearly every step has one to the same handler. */
export const HIDDEN_FIRST: readonly EdgeKind[] = ['on_error'];

export interface Wire {
  id: string;
  source: string;
  target: string;
  kinds: ReadonlySet<EdgeKind>;
  /** Topics by which it goes. */
  vias: readonly string[];
  /** How often it was seen, and when last (ms). */
  seen: number;
  seenAt: number;
}

/** Edges of the same pair together. */
export function wiresOf(graph: Graph): Wire[] {
  const made = new Map<string, { source: string; target: string; kinds: Set<EdgeKind>; vias: Set<string> }>();
  for (const edge of graph.edges) {
    const id = wireId(edge.source, edge.target);
    const wire = made.get(id) ?? { source: edge.source, target: edge.target, kinds: new Set(), vias: new Set() };
    for (const kind of edge.kinds) {
      const known = EDGE_KINDS.find((one) => one === kind);
      if (known !== undefined) wire.kinds.add(known);
    }
    if (edge.via) wire.vias.add(edge.via);
    made.set(id, wire);
  }
  const seen = new Map(graph.observed.map((edge) => [wireId(edge.source, edge.target), edge]));
  return [...made].map(([id, wire]) => {
    const vias = [...wire.vias].sort();
    const sightings = [wire.target, ...vias].flatMap((target) => seen.get(wireId(wire.source, target)) ?? []);
    return {
      id,
      source: wire.source,
      target: wire.target,
      kinds: wire.kinds,
      vias,
      seen: sightings.reduce((sum, edge) => sum + edge.count, 0),
      seenAt: Math.max(0, ...sightings.map((edge) => Date.parse(edge.last_seen_at))),
    };
  });
}

function wireId(source: string, target: string): string {
  return JSON.stringify([source, target]);
}

/** The wire without what is hidden; undefined when nothing is left of it. */
export function shown(wire: Wire, hidden: ReadonlySet<string>): Wire | undefined {
  const kinds = new Set([...wire.kinds].filter((kind) => !hidden.has(kind)));
  return kinds.size === 0 ? undefined : { ...wire, kinds };
}

/** Which line is drawn: the surest way that it is known; `observed` when it was only ever seen. */
export function lineOf(kinds: ReadonlySet<EdgeKind>): EdgeKind {
  return EDGE_KINDS.find((kind) => kind !== 'observed' && kinds.has(kind)) ?? 'observed';
}

/** The group that a node stands in: its first flow. Parked targets stand with who names them. */
export function groupsOf(nodes: readonly GraphNode[], wires: readonly Wire[]): Map<string, string> {
  const groups = new Map(nodes.map((node) => [node.id, node.flows?.[0] ?? '']));
  for (const node of nodes) {
    if (node.kind !== 'parked') continue;
    const source = wires.find((wire) => wire.target === node.id)?.source;
    groups.set(node.id, (source === undefined ? undefined : groups.get(source)) ?? '');
  }
  return groups;
}

/** All flows by name. */
export function flowsOf(nodes: readonly GraphNode[]): string[] {
  return [...new Set(nodes.flatMap((node) => node.flows))].sort();
}

/** Nodes of a flow, and those just outside that they are wired to; everything when no flow is named. */
export function ofFlow(
  nodes: readonly GraphNode[],
  wires: readonly Wire[],
  flow: string | undefined,
): { inside: Set<string>; outside: Set<string> } {
  if (flow === undefined) return { inside: new Set(nodes.map((node) => node.id)), outside: new Set() };
  const inside = new Set(nodes.filter((node) => node.flows?.includes(flow)).map((node) => node.id));
  const outside = new Set<string>();
  for (const { source, target } of wires) {
    if (inside.has(source) && !inside.has(target)) outside.add(target);
    if (inside.has(target) && !inside.has(source)) outside.add(source);
  }
  return { inside, outside };
}

/** Whether a node answers to what is searched: in its name, kind, language, file or description. */
export function matches(node: GraphNode, text: string): boolean {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  const about = [node.id, node.kind, node.language, node.file, node.description, ...node.flows].join(' ').toLowerCase();
  return wanted.every((word) => about.includes(word));
}

/** All that leads to a node and all that it leads to, and the wires on the way; the node itself is among them. */
export function reachOfWires(wires: readonly Wire[], node: string): { nodes: Set<string>; wires: Set<string> } {
  const found = { nodes: new Set([node]), wires: new Set<string>() };
  for (const [from, to] of [
    ['source', 'target'],
    ['target', 'source'],
  ] as const) {
    const leaving = new Map<string, Wire[]>();
    for (const wire of wires) leaving.set(wire[from], [...(leaving.get(wire[from]) ?? []), wire]);
    const seen = new Set([node]);
    const waiting = [node];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (const wire of leaving.get(at) ?? []) {
        found.wires.add(wire.id);
        if (seen.has(wire[to])) continue;
        seen.add(wire[to]);
        waiting.push(wire[to]);
      }
    }
    for (const one of seen) found.nodes.add(one);
  }
  return found;
}
