/** From the graph, the filters and what was dragged to nodes and edges of the canvas. */
import { useMemo } from 'react';
import type { Graph, GraphNode, Position, StepView } from '../../api/catalog';
import { type Laid, type Link, layOut, layOutGroups, linkKey, NODE_HEIGHT, NODE_WIDTH } from '../../lib/layout';
import { detours, runsOver } from './detour';
import { groupsOf, matches, ofFlow, reachOfWires, shown, type Wire, wiresOf } from './model';
import { type Route, routes } from './route';
import type { StepNodeType } from './StepNode';
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
  const scope = useMemo(() => ofFlow(graph.nodes, wires, flow), [graph, wires, flow]);
  // Laid out anew only when nodes or wires come or go, or another flow is shown: not for a count or a toggle.
  const shape = useMemo(() => {
    const isIn = (id: string) => scope.inside.has(id) || scope.outside.has(id);
    const within = wires.filter((wire) => isIn(wire.source) && isIn(wire.target));
    return shapeOf(
      graph.nodes.filter((node) => isIn(node.id)),
      within,
      groupOf,
    );
  }, [graph, wires, groupOf, scope]);
  const laid = useMemo(() => placed(shape, isGrouped), [shape, isGrouped]);

  const found = useMemo(
    () =>
      text === ''
        ? []
        : graph.nodes.filter((node) => scope.inside.has(node.id) && matches(node, text)).map((node) => node.id),
    [graph, scope, text],
  );
  const visible = useMemo(() => visibleWires(wires, hidden, scope), [wires, hidden, scope]);
  const drawn = useMemo(() => aroundMoved(routes(laid, visible), laid, visible, moved), [laid, visible, moved]);
  const reach = useMemo(() => (chosen === undefined ? undefined : reachOfWires(visible, chosen)), [visible, chosen]);
  const nodes = useMemo(
    () =>
      graph.nodes.map((node): StepNodeType => {
        const isOutside = scope.outside.has(node.id);
        const isMatch = found.includes(node.id);
        return {
          id: node.id,
          type: 'step',
          position: moved[node.id] ?? laid.at.get(node.id) ?? { x: 0, y: 0 },
          width: NODE_WIDTH,
          height: NODE_HEIGHT,
          hidden: !isOutside && !scope.inside.has(node.id),
          selected: node.id === chosen,
          focusable: false,
          ariaLabel: `${node.id}, ${node.kind} step`,
          data: {
            node,
            reach: reachOf(node, steps.get(node.id)),
            isDim: isOutside || (text !== '' && !isMatch) || (reach !== undefined && !reach.nodes.has(node.id)),
            isMatch,
          },
        };
      }),
    [graph, scope, found, moved, laid, chosen, reach, steps, text],
  );
  const edges = useMemo(() => edgesOf(visible, drawn, chosen, reach), [visible, drawn, chosen, reach]);
  return { nodes, edges, wires, groupOf, found, inside: scope.inside };
}

interface Shape {
  nodes: [id: string, group: string][];
  pairs: Link[];
  failures: Link[];
}

/** All that the layout depends on, as text: equal text, equal layout. */
function shapeOf(nodes: readonly GraphNode[], wires: readonly Wire[], groupOf: ReadonlyMap<string, string>): string {
  const isFailure = (wire: Wire) => wire.kinds.size === 1 && wire.kinds.has('on_error');
  const pair = ({ source, target }: Wire): Link => ({ source, target });
  const shape: Shape = {
    nodes: nodes.map((node) => [node.id, groupOf.get(node.id) ?? '']),
    pairs: wires.filter((wire) => !isFailure(wire)).map(pair),
    failures: wires.filter(isFailure).map(pair),
  };
  return JSON.stringify(shape);
}

function placed(shape: string, isGrouped: boolean): Laid {
  const { nodes, pairs, failures } = JSON.parse(shape) as Shape;
  const ids = nodes.map(([id]) => id);
  const groups = new Map(nodes);
  return isGrouped ? layOutGroups(ids, pairs, (id) => groups.get(id) ?? '', failures) : layOut(ids, pairs);
}

function visibleWires(
  wires: readonly Wire[],
  hidden: ReadonlySet<string>,
  scope: { inside: ReadonlySet<string> },
): Wire[] {
  return wires.flatMap((wire) => {
    const left = shown(wire, hidden);
    return left !== undefined && (scope.inside.has(wire.source) || scope.inside.has(wire.target)) ? [left] : [];
  });
}

/** Wires of nodes that were dragged, and those that such a node was put on, lead around all nodes where they stand. */
function aroundMoved(
  drawn: Map<string, Route>,
  laid: Laid,
  wires: readonly Wire[],
  moved: Readonly<Record<string, Position>>,
): Map<string, Route> {
  const there = Object.entries(moved).filter(([id]) => laid.at.has(id));
  if (there.length === 0) return drawn;
  const places = there.map(([, place]) => place);
  const again = wires.filter((wire) => {
    const { source, target } = wire;
    if (moved[source] !== undefined || moved[target] !== undefined) return true;
    return runsOver(drawn.get(linkKey(wire))?.points ?? [], places);
  });
  for (const wire of again) drawn.delete(linkKey(wire));
  const found = detours(new Map([...laid.at, ...there]), again);
  return new Map([...drawn, ...found]);
}

function edgesOf(
  wires: readonly Wire[],
  drawn: ReadonlyMap<string, Route>,
  chosen: string | undefined,
  reach: { wires: ReadonlySet<string> } | undefined,
): WireEdgeType[] {
  return wires.map((wire): WireEdgeType => {
    const { id, source, target } = wire;
    const isNear = source === chosen || target === chosen;
    const place = reach === undefined ? 'plain' : isNear ? 'near' : reach.wires.has(id) ? 'along' : 'far';
    const points = drawn.get(linkKey(wire))?.points;
    return { id, source, target, type: 'wire', focusable: false, selectable: false, data: { wire, place, points } };
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
