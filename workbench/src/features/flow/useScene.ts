/** From the graph, the filters and what was dragged to nodes and edges of the canvas. */
import { useMemo } from 'react';
import type { Graph, GraphNode, Position, StepView } from '../../api/catalog';
import { layOut, layOutGroups, type Point } from '../../lib/layout';
import { groupsOf, matches, ofFlow, shown, type Wire, wiresOf } from './model';
import { NODE_HEIGHT, NODE_WIDTH, type StepNodeType } from './StepNode';
import type { WireEdgeType } from './WireEdge';

export interface View {
  flow: string | undefined;
  text: string;
  hidden: ReadonlySet<string>;
  isGrouped: boolean;
  chosen: string | undefined;
}

export interface Scene {
  nodes: StepNodeType[];
  edges: WireEdgeType[];
  wires: readonly Wire[];
  groupOf: ReadonlyMap<string, string>;
  found: readonly string[];
  inside: ReadonlySet<string>;
}

export function useScene(
  graph: Graph,
  steps: ReadonlyMap<string, StepView>,
  moved: Readonly<Record<string, Position>>,
  view: View,
): Scene {
  const { flow, text, hidden, isGrouped, chosen } = view;
  const wires = useMemo(() => wiresOf(graph), [graph]);
  const groupOf = useMemo(() => groupsOf(graph.nodes, wires), [graph, wires]);
  // Laid out anew only when nodes or wires come or go: not for a count, a toggle, or a filter.
  const shape = useMemo(() => shapeOf(graph.nodes, wires, groupOf), [graph, wires, groupOf]);
  const laid = useMemo(() => placed(shape, isGrouped), [shape, isGrouped]);

  const scope = useMemo(() => ofFlow(graph.nodes, wires, flow), [graph, wires, flow]);
  const found = useMemo(
    () =>
      text === ''
        ? []
        : graph.nodes.filter((node) => scope.inside.has(node.id) && matches(node, text)).map((node) => node.id),
    [graph, scope, text],
  );
  const nodes = useMemo(
    () =>
      graph.nodes.map((node): StepNodeType => {
        const isOutside = scope.outside.has(node.id);
        const isMatch = found.includes(node.id);
        return {
          id: node.id,
          type: 'step',
          position: moved[node.id] ?? laid.get(node.id) ?? { x: 0, y: 0 },
          width: NODE_WIDTH,
          height: NODE_HEIGHT,
          hidden: !isOutside && !scope.inside.has(node.id),
          selected: node.id === chosen,
          focusable: false,
          ariaLabel: `${node.id}, ${node.kind} step`,
          data: {
            node,
            reach: reachOf(node, steps.get(node.id)),
            isDim: isOutside || (text !== '' && !isMatch),
            isMatch,
          },
        };
      }),
    [graph, scope, found, moved, laid, chosen, steps, text],
  );
  const edges = useMemo(() => edgesOf(wires, hidden, scope, chosen), [wires, hidden, scope, chosen]);
  return { nodes, edges, wires, groupOf, found, inside: scope.inside };
}

/** All that the layout depends on, as text: equal text, equal layout. */
function shapeOf(nodes: readonly GraphNode[], wires: readonly Wire[], groupOf: ReadonlyMap<string, string>): string {
  const pairs = wires.filter((wire) => wire.kinds.size > 1 || !wire.kinds.has('on_error'));
  return JSON.stringify({
    nodes: nodes.map((node) => [node.id, groupOf.get(node.id) ?? '']),
    pairs: pairs.map((wire) => [wire.source, wire.target]),
  });
}

function placed(shape: string, isGrouped: boolean): ReadonlyMap<string, Point> {
  const { nodes, pairs } = JSON.parse(shape) as { nodes: [string, string][]; pairs: [string, string][] };
  const boxes = nodes.map(([id]) => ({ id, width: NODE_WIDTH, height: NODE_HEIGHT }));
  const links = pairs.map(([source, target]) => ({ source, target }));
  const groups = new Map(nodes);
  return isGrouped ? layOutGroups(boxes, links, (id) => groups.get(id) ?? '').at : layOut(boxes, links).at;
}

function edgesOf(
  wires: readonly Wire[],
  hidden: ReadonlySet<string>,
  scope: { inside: ReadonlySet<string>; outside: ReadonlySet<string> },
  chosen: string | undefined,
): WireEdgeType[] {
  return wires.flatMap((wire): WireEdgeType[] => {
    const left = shown(wire, hidden);
    const isInside = scope.inside.has(wire.source) || scope.inside.has(wire.target);
    if (left === undefined || !isInside) return [];
    const isNear = wire.source === chosen || wire.target === chosen;
    const place = chosen === undefined ? 'plain' : isNear ? 'near' : 'far';
    const { id, source, target } = wire;
    return [{ id, source, target, type: 'wire', focusable: false, selectable: false, data: { wire: left, place } }];
  });
}

/** How a step is reached, in a line. */
function reachOf(node: GraphNode, step: StepView | undefined): string {
  if (node.kind === 'parked') return 'no step handles this target';
  if (step === undefined) return '';
  if (step.kind === 'api') return `${step.method} ${step.path}`;
  if (step.kind === 'cron') return `${step.schedule} ${step.timezone === 'UTC' ? '' : (step.timezone ?? '')}`.trim();
  return step.topics?.length ? step.topics.join(', ') : (step.description ?? '');
}
