/** The canvas: pan, zoom, drag, walk. What is drawn is decided in `useScene`. */
import {
  applyNodeChanges,
  Background,
  type Edge,
  MiniMap,
  type NodeChange,
  Panel,
  ReactFlow,
  useReactFlow,
} from '@xyflow/react';
import { Maximize, Minus, Plus } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Position } from '../../api/catalog';
import { useKey } from '../../lib/keyboard';
import { Groups } from './Groups';
import { NODE_HEIGHT, NODE_WIDTH, StepNode, type StepNodeType } from './StepNode';
import type { Scene } from './useScene';
import { ArrowHead, WireEdge } from './WireEdge';
import { type Direction, step } from './walk';

const NODE_TYPES = { step: StepNode };
const EDGE_TYPES = { wire: WireEdge };
/** From so many nodes on a small map helps. */
const LARGE = 25;
const MOVE_MS = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 200;
const KEYS: readonly (readonly [string, Direction])[] = [
  ['ArrowRight', 'right'],
  ['ArrowLeft', 'left'],
  ['ArrowUp', 'up'],
  ['ArrowDown', 'down'],
];

export function Canvas({
  scene,
  isGrouped,
  chosen,
  fitKey,
  choose,
  chooseFlow,
  drop,
}: {
  scene: Scene;
  isGrouped: boolean;
  chosen: string | undefined;
  /** Everything is brought into view when it changes. */
  fitKey: string;
  choose: (id: string | undefined) => void;
  chooseFlow: (flow: string) => void;
  drop: (moved: Record<string, Position>) => void;
}) {
  const { fitView, zoomIn, zoomOut, setCenter, getZoom, screenToFlowPosition } = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);
  const [nodes, setNodes] = useState(scene.nodes);
  useEffect(() => {
    setNodes((old) => {
      const measured = new Map(old.map((node) => [node.id, node.measured]));
      return scene.nodes.map((node) => {
        const size = measured.get(node.id);
        return size === undefined ? node : { ...node, measured: size };
      });
    });
  }, [scene.nodes]);
  const change = useCallback(
    (changes: NodeChange<StepNodeType>[]) => setNodes((old) => applyNodeChanges(changes, old)),
    [],
  );

  const showAll = useCallback(() => {
    const wanted = scene.found.length > 0 ? scene.found : [...scene.inside];
    void fitView({ nodes: wanted.map((id) => ({ id })), padding: 0.06, maxZoom: 1.1, duration: MOVE_MS });
  }, [fitView, scene.found, scene.inside]);
  const latestShowAll = useRef(showAll);
  latestShowAll.current = showAll;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says when
  useEffect(() => {
    const timer = setTimeout(() => latestShowAll.current(), 60);
    return () => clearTimeout(timer);
  }, [fitKey]);

  const show = (id: string) => {
    const node = nodes.find((one) => one.id === id);
    const box = frame.current?.getBoundingClientRect();
    if (node === undefined || box === undefined) return;
    const [x, y] = [node.position.x + NODE_WIDTH / 2, node.position.y + NODE_HEIGHT / 2];
    const from = screenToFlowPosition({ x: box.left + 80, y: box.top + 60 });
    const to = screenToFlowPosition({ x: box.right - 80, y: box.bottom - 60 });
    const isIn = x > from.x && x < to.x && y > from.y && y < to.y;
    if (!isIn) void setCenter(x, y, { zoom: Math.max(getZoom(), 0.6), duration: MOVE_MS });
  };
  const walk = (direction: Direction, event: KeyboardEvent) => {
    const isHere = event.target === document.body || frame.current?.contains(event.target as Node | null);
    if (!isHere) return;
    event.preventDefault();
    if (event.shiftKey && chosen !== undefined) return nudge(direction);
    const at = new Map(nodes.filter((node) => !node.hidden).map((node) => [node.id, node.position]));
    const next = step(at, scene.edges, chosen, direction);
    if (next === undefined) return;
    choose(next);
    show(next);
  };
  const nudge = (direction: Direction) => {
    const node = nodes.find((one) => one.id === chosen);
    if (node === undefined) return;
    const by = { left: [-20, 0], right: [20, 0], up: [0, -20], down: [0, 20] }[direction] as [number, number];
    drop({ [node.id]: { x: node.position.x + by[0], y: node.position.y + by[1] } });
  };
  for (const [key, direction] of KEYS) {
    // biome-ignore lint/correctness/useHookAtTopLevel: the keys are always the same four
    useKey(key, (event) => walk(direction, event));
  }
  useKey('f', () => showAll());
  useKey('Escape', () => choose(undefined));

  return (
    <section
      ref={frame}
      className="relative min-h-0 min-w-0 flex-1"
      aria-label="Flow graph. Arrow keys walk from step to step, Shift and an arrow moves one, F fits all."
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the graph is walked by keyboard
      tabIndex={0}
    >
      <ArrowHead />
      <ReactFlow<StepNodeType, Edge & (typeof scene.edges)[number]>
        nodes={nodes}
        edges={scene.edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={change}
        onNodeClick={(_, node) => choose(node.id)}
        onPaneClick={() => choose(undefined)}
        onNodeDragStop={(_, node) => drop({ [node.id]: node.position })}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        nodesDraggable
        selectNodesOnDrag={false}
        nodeDragThreshold={4}
        disableKeyboardA11y
        deleteKeyCode={null}
        onlyRenderVisibleElements={nodes.length > 150}
        minZoom={0.08}
        maxZoom={1.6}
        zIndexMode="manual"
      >
        <Background gap={24} />
        {isGrouped && <Groups nodes={nodes} groupOf={scene.groupOf} choose={chooseFlow} />}
        {nodes.length >= LARGE && <MiniMap pannable zoomable ariaLabel="Small map of the graph" />}
        <Panel position="top-right">
          <div className="flex rounded-md border border-line bg-panel shadow-sm">
            <Tool title="Zoom in" act={() => void zoomIn()} icon={Plus} />
            <Tool title="Zoom out" act={() => void zoomOut()} icon={Minus} />
            <Tool title="Show everything (F)" act={showAll} icon={Maximize} />
          </div>
        </Panel>
      </ReactFlow>
    </section>
  );
}

function Tool({ title, act, icon: Icon }: { title: string; act: () => void; icon: typeof Plus }) {
  return (
    <button type="button" title={title} aria-label={title} onClick={act} className="p-1.5 hover:bg-raised">
      <Icon size={15} aria-hidden />
    </button>
  );
}
