/** A wire on the canvas: the line says how it is known, the broad band under it that it has really happened. */
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath, useStore } from '@xyflow/react';
import { memo } from 'react';
import { count } from '../../lib/format';
import type { Point } from '../../lib/layout';
import { lineOf, type Wire } from './model';
import { pathOf, roomOf } from './path';

const LABEL_ZOOM = 0.6;
const LETTER_PX = 6.6;
/** Wires begin at the middle of a side; the canvas measures from the outer edge of the dot there. */
const HANDLE_PX = 8;

export interface WireData extends Record<string, unknown> {
  wire: Wire;
  /** Of the chosen node, on a way through it, elsewhere, or nothing is chosen. */
  place: 'near' | 'along' | 'far' | 'plain';
  /** Its corners, from where its nodes stood when they were last let go; absent where there is no room for it. */
  points: readonly Point[] | undefined;
}
export type WireEdgeType = Edge<WireData, 'wire'>;

export const WireEdge = memo(function WireEdge(props: EdgeProps<WireEdgeType>) {
  const isClose = useStore((state) => state.transform[2] >= LABEL_ZOOM);
  if (props.data === undefined) return null;
  const { wire, place, points } = props.data;
  const isRouted = points !== undefined && joins(points, props);
  const [path, at] = isRouted ? ([pathOf(points), roomOf(points)] as const) : stepped(props);
  const line = lineOf(wire.kinds);
  const isSeen = wire.kinds.has('observed');
  const label = labelOf(wire, place, at.length);
  return (
    <g className={`flow-${place}`}>
      {isSeen && <path d={path} className="flow-seen" strokeWidth={widthOf(wire.seen)} />}
      <BaseEdge path={path} className={`flow-line flow-line-${line}`} markerEnd="url(#flow-arrow)" />
      {label !== '' && isClose && place !== 'far' && (
        <EdgeLabelRenderer>
          <span
            className={`pointer-events-none absolute rounded bg-page/90 px-1 text-[11px] leading-4 ${place === 'near' ? 'z-10 border border-line text-ink' : 'text-muted'}`}
            style={{ transform: `translate(-50%, -50%) translate(${at.x}px, ${at.y}px)` }}
          >
            {label}
          </span>
        </EdgeLabelRenderer>
      )}
    </g>
  );
});

/** Whether the corners lead from node to node: not while one of them is dragged. */
function joins(points: readonly Point[], { sourceX, sourceY, targetX, targetY }: EdgeProps<WireEdgeType>): boolean {
  const isAt = (point: Point | undefined, x: number, y: number) =>
    point !== undefined && Math.abs(point.x - x) <= HANDLE_PX && Math.abs(point.y - y) <= HANDLE_PX;
  return isAt(points[0], sourceX, sourceY) && isAt(points.at(-1), targetX, targetY);
}

function stepped(props: EdgeProps<WireEdgeType>): [path: string, at: Point & { length: number }] {
  const [path, x, y] = getSmoothStepPath({ ...props, borderRadius: 8 });
  return [path, { x, y, length: 0 }];
}

/** The topics, if there is room: else they would lie on nodes. How often, for the wires of the chosen node. */
function labelOf(wire: Wire, place: WireData['place'], room: number): string {
  const seen = place === 'near' && wire.kinds.has('observed') && wire.seen > 0 ? `${count(wire.seen)} ×` : '';
  const whole = [...wire.vias, seen].filter(Boolean).join(' · ');
  return room > whole.length * LETTER_PX + 16 ? whole : seen;
}

function widthOf(seen: number): number {
  return 4 + Math.min(Math.log10(seen + 1) * 1.2, 5);
}

/** The arrow's head, once for all wires. */
export function ArrowHead() {
  return (
    <svg className="absolute size-0" aria-hidden>
      <defs>
        <marker
          id="flow-arrow"
          viewBox="0 0 10 10"
          refX="9"
          refY="5"
          markerWidth="12"
          markerHeight="12"
          markerUnits="userSpaceOnUse"
          orient="auto-start-reverse"
        >
          <path d="M0,1 L10,5 L0,9 z" className="flow-arrow" />
        </marker>
      </defs>
    </svg>
  );
}
