import { describe, expect, it } from 'vitest';
import type { Graph, GraphNode } from '../../api/catalog';
import { groupsOf, lineOf, matches, ofFlow, reachOfWires, shown, wiresOf } from './model';
import { step } from './walk';

const node = (id: string, flows: string[] = [], kind: GraphNode['kind'] = 'event'): GraphNode => ({
  id,
  kind,
  language: 'python',
  description: '',
  flows,
  file: '',
  line: 0,
  parked: 0,
});
const edge = (source: string, target: string, kinds: string[], via = '') => ({ source, target, kinds, via });
const seen = (source: string, target: string, count: number) => ({
  source,
  target,
  count,
  first_seen_at: '2026-01-01T00:00:00Z',
  last_seen_at: '2026-01-02T00:00:00Z',
});
const graph: Graph = {
  nodes: [node('a', ['one']), node('b', ['one', 'two']), node('c', ['two']), node('gone', [], 'parked')],
  edges: [
    edge('a', 'b', ['declared']),
    edge('a', 'b', ['static', 'observed']),
    edge('b', 'c', ['topic', 'observed'], 'order.placed'),
    edge('c', 'gone', ['static']),
    edge('c', 'a', ['on_error']),
  ],
  observed: [seen('a', 'b', 3), seen('b', 'order.placed', 5)],
  positions: {},
};

describe('wiresOf', () => {
  it('draws one wire for a pair, with every way that it is known', () => {
    const wires = wiresOf(graph);
    expect(wires).toHaveLength(4);
    expect([...(wires[0]?.kinds ?? [])].sort()).toEqual(['declared', 'observed', 'static']);
    expect(wires[0]?.seen).toBe(3);
  });

  it('counts what went by a topic', () => {
    const wire = wiresOf(graph)[1];
    expect(wire?.vias).toEqual(['order.placed']);
    expect(wire?.seen).toBe(5);
    expect(wire?.seenAt).toBe(Date.parse('2026-01-02T00:00:00Z'));
  });

  it('hides what is hidden, and a wire of which nothing is left', () => {
    const [first, , , last] = wiresOf(graph);
    if (first === undefined || last === undefined) throw new Error('no wires');
    expect([...(shown(first, new Set(['declared', 'observed']))?.kinds ?? [])]).toEqual(['static']);
    expect(shown(last, new Set(['on_error']))).toBeUndefined();
  });

  it('draws the surest way that it is known', () => {
    expect(lineOf(new Set(['static', 'observed', 'topic']))).toBe('topic');
    expect(lineOf(new Set(['observed']))).toBe('observed');
  });
});

describe('flows', () => {
  it('groups a node by its first flow, a parked target with who names it', () => {
    expect(Object.fromEntries(groupsOf(graph.nodes, wiresOf(graph)))).toEqual({
      a: 'one',
      b: 'one',
      c: 'two',
      gone: 'two',
    });
  });

  it('shows the nodes of a flow and those just outside', () => {
    const { inside, outside } = ofFlow(graph.nodes, wiresOf(graph), 'one');
    expect([...inside]).toEqual(['a', 'b']);
    expect([...outside]).toEqual(['c']);
    expect(ofFlow(graph.nodes, [], undefined).inside.size).toBe(4);
  });

  it('searches every word in name, kind, language and flows', () => {
    expect(matches(node('send-mail', ['users']), 'MAIL python')).toBe(true);
    expect(matches(node('send-mail', ['users']), 'mail ruby')).toBe(false);
    expect(matches(node('x'), '')).toBe(true);
  });
});

describe('walking', () => {
  const at = new Map([
    ['a', { x: 0, y: 0 }],
    ['b', { x: 300, y: 0 }],
    ['c', { x: 300, y: 100 }],
    ['d', { x: -500, y: 400 }],
  ]);
  const pairs = [
    { source: 'a', target: 'c' },
    { source: 'c', target: 'd' },
  ];

  it('follows an edge before what is near', () => {
    expect(step(at, pairs, 'a', 'right')).toBe('c');
    expect(step(at, pairs, 'c', 'right')).toBe('d');
    expect(step(at, pairs, 'c', 'left')).toBe('a');
  });

  it('goes to the nearest that lies that way where no edge leads', () => {
    expect(step(at, pairs, 'b', 'down')).toBe('c');
    expect(step(at, pairs, 'c', 'up')).toBe('b');
    expect(step(at, pairs, 'b', 'left')).toBe('a');
    expect(step(at, pairs, 'b', 'up')).toBeUndefined();
  });

  it('begins at the upper left', () => {
    expect(step(at, pairs, undefined, 'down')).toBe('d');
    expect(step(new Map(), [], undefined, 'down')).toBeUndefined();
  });
});

describe('reachOfWires', () => {
  it('follows wires both ways from the node, and circles only once', () => {
    const wires = wiresOf({
      ...graph,
      edges: [...graph.edges, edge('x', 'b', ['declared']), edge('a', 'y', ['declared'])],
      observed: [],
    });
    const { nodes } = reachOfWires(
      wires.filter((wire) => !wire.kinds.has('on_error')),
      'b',
    );
    expect([...nodes].sort()).toEqual(['a', 'b', 'c', 'gone', 'x']);
    expect(reachOfWires(wires, 'b').nodes).toContain('y'); // the circle leads there
  });
});
