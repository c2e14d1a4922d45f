/** The canvas: pan, zoom, drag, walk. What is drawn is decided in `useScene`. */
import {
  applyNodeChanges,
  Background,
  type Edge,
  MiniMap,
  type NodeChange,
  ReactFlow,
  useReactFlow,
} from '@xyflow/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Position } from '../../api/catalog';
import { useKey } from '../../lib/keyboard';
import { GROUP_PADDING, GROUP_TITLE } from '../../lib/layout';
import { Groups } from './Groups';
import { NODE_HEIGHT, NODE_WIDTH, StepNode, type StepNodeType } from './StepNode';
import { SHOW_ALL } from './Tools';
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
  const { setCenter, getZoom, screenToFlowPosition } = useReactFlow();
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
    const wanted = new Set(scene.found.length > 0 ? scene.found : scene.inside);
    const box = frame.current?.getBoundingClientRect();
    const places = scene.nodes.filter((node) => wanted.has(node.id)).map((node) => node.position);
    if (box === undefined || places.length === 0) return;
    // With room for the frames of the flows and their names.
    const left = Math.min(...places.map((place) => place.x)) - GROUP_PADDING;
    const top = Math.min(...places.map((place) => place.y)) - GROUP_PADDING - GROUP_TITLE;
    const width = Math.max(...places.map((place) => place.x)) + NODE_WIDTH + GROUP_PADDING - left;
    const height = Math.max(...places.map((place) => place.y)) + NODE_HEIGHT + GROUP_PADDING - top;
    const zoom = Math.min(1.1, (box.width - 16) / width, (box.height - 16) / height);
    void setCenter(left + width / 2, top + height / 2, { zoom, duration: MOVE_MS });
  }, [setCenter, scene.found, scene.inside, scene.nodes]);
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
  useEffect(() => {
    const again = () => latestShowAll.current();
    addEventListener(SHOW_ALL, again);
    return () => removeEventListener(SHOW_ALL, again);
  }, []);
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
      </ReactFlow>
    </section>
  );
}
