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
import { movesMs } from '../../lib/media';
import { Groups } from './Groups';
import { FAR_ZOOM, StepNode, type StepNodeType } from './StepNode';
import { SHOW_ALL } from './Tools';
import type { Scene } from './useScene';
import { LEGIBLE_ZOOM, MIN_ZOOM, viewOf, viewWith } from './view';
import { ArrowHead, WireEdge } from './WireEdge';
import { type Direction, step } from './walk';

const NODE_TYPES = { step: StepNode };
const EDGE_TYPES = { wire: WireEdge };
/** From so many nodes on a small map helps. */
const LARGE = 25;
const MAP_PX = 140;
const MOVE_MS = 200;
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
  mayMove,
  covered,
  choose,
  chooseFlow,
  drop,
}: {
  scene: Scene;
  isGrouped: boolean;
  chosen: string | undefined;
  /** Everything is brought into view when it changes. */
  fitKey: string;
  mayMove: boolean;
  /** How much of its right side (px) lies under the panel of the chosen step. */
  covered: number;
  choose: (id: string | undefined) => void;
  chooseFlow: (flow: string) => void;
  drop: (moved: Record<string, Position>) => void;
}) {
  const { setViewport, getViewport } = useReactFlow();
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

  const showAll = useCallback(
    (isWhole: boolean) => {
      const wanted = new Set(scene.found.length > 0 ? scene.found : scene.inside);
      const box = frame.current?.getBoundingClientRect();
      const places = scene.nodes.filter((node) => wanted.has(node.id)).map((node) => node.position);
      if (box === undefined || places.length === 0) return;
      const corners = scene.found.length > 0 ? [] : scene.edges.flatMap((edge) => edge.data?.points ?? []);
      void setViewport(viewOf(places, corners, box, isWhole ? MIN_ZOOM : LEGIBLE_ZOOM), { duration: movesMs(MOVE_MS) });
    },
    [setViewport, scene],
  );
  const latestShowAll = useRef(showAll);
  latestShowAll.current = showAll;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says when
  useEffect(() => {
    const timer = setTimeout(() => latestShowAll.current(false), 60);
    return () => clearTimeout(timer);
  }, [fitKey]);

  const show = (id: string) => {
    const node = nodes.find((one) => one.id === id);
    const box = frame.current?.getBoundingClientRect();
    if (node === undefined || box === undefined) return;
    const view = getViewport();
    const room = { width: box.width - covered, height: box.height - (nodes.length >= LARGE ? MAP_PX : 0) };
    const next = viewWith(node.position, view, room, FAR_ZOOM);
    if (next.x !== view.x || next.y !== view.y) void setViewport(next, { duration: movesMs(MOVE_MS) });
  };
  const latestShow = useRef(show);
  latestShow.current = show;
  useEffect(() => {
    if (chosen === undefined) return;
    // After the panel has taken its room, under which the node may lie now.
    const timer = setTimeout(() => latestShow.current(chosen), MOVE_MS + 80);
    return () => clearTimeout(timer);
  }, [chosen]);
  const walk = (direction: Direction, event: KeyboardEvent) => {
    const isHere = event.target === document.body || frame.current?.contains(event.target as Node | null);
    if (!isHere) return;
    event.preventDefault();
    if (event.shiftKey && chosen !== undefined) return mayMove ? nudge(direction) : undefined;
    const at = new Map(nodes.filter((node) => !node.hidden).map((node) => [node.id, node.position]));
    const next = step(at, scene.edges, chosen, direction);
    if (next === undefined) return;
    choose(next);
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
  useKey('f', () => showAll(true));
  useEffect(() => {
    const again = () => latestShowAll.current(true);
    addEventListener(SHOW_ALL, again);
    return () => removeEventListener(SHOW_ALL, again);
  }, []);
  useKey('Escape', () => choose(undefined));

  return (
    <section
      ref={frame}
      className="relative min-h-0 min-w-0 flex-1"
      aria-label="Flow graph. Arrow keys walk from step to step, Shift and an arrow moves one, F shows all."
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
        nodesDraggable={mayMove}
        selectNodesOnDrag={false}
        nodeDragThreshold={4}
        disableKeyboardA11y
        deleteKeyCode={null}
        onlyRenderVisibleElements={nodes.length > 150}
        minZoom={MIN_ZOOM}
        panOnScroll
        zoomOnDoubleClick={movesMs(MOVE_MS) > 0}
        maxZoom={1.6}
        zIndexMode="manual"
      >
        <Background gap={24} />
        {isGrouped && <Groups nodes={nodes} groupOf={scene.groupOf} choose={chooseFlow} />}
        {nodes.length >= LARGE && (
          <MiniMap className="max-lg:hidden" pannable zoomable ariaLabel="Small map of the graph" />
        )}
      </ReactFlow>
    </section>
  );
}
