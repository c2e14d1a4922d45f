/** A wire on the canvas: the line says how it is known, the broad band under it that it has really happened. */
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath, useStore } from '@xyflow/react';
import { memo } from 'react';
import { count } from '../../lib/format';
import { lineOf, type Wire } from './model';

const LABEL_ZOOM = 0.7;

export interface WireData extends Record<string, unknown> {
  wire: Wire;
  /** Of the chosen node, of another, or nothing is chosen. */
  place: 'near' | 'far' | 'plain';
}
export type WireEdgeType = Edge<WireData, 'wire'>;

export const WireEdge = memo(function WireEdge(props: EdgeProps<WireEdgeType>) {
  const isClose = useStore((state) => state.transform[2] >= LABEL_ZOOM);
  const [path, x, y] = getBezierPath(props);
  if (props.data === undefined) return null;
  const { wire, place } = props.data;
  const line = lineOf(wire.kinds);
  const isSeen = wire.kinds.has('observed');
  const label = labelOf(wire, place);
  return (
    <g className={`flow-${place}`}>
      {isSeen && <path d={path} className="flow-seen" strokeWidth={widthOf(wire.seen)} />}
      <BaseEdge path={path} className={`flow-line flow-line-${line}`} markerEnd="url(#flow-arrow)" />
      {label !== '' && isClose && place !== 'far' && (
        <EdgeLabelRenderer>
          <span
            className="absolute rounded border border-line bg-page px-1 text-[11px] text-muted"
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            {label}
          </span>
        </EdgeLabelRenderer>
      )}
    </g>
  );
});

/** Topics are always named; how often, for the wires of the chosen node. */
function labelOf(wire: Wire, place: WireData['place']): string {
  const seen = place === 'near' && wire.kinds.has('observed') && wire.seen > 0 ? `${count(wire.seen)} ×` : '';
  return [...wire.vias, seen].filter(Boolean).join(' · ');
}

function widthOf(seen: number): number {
  return 5 + Math.min(Math.log10(seen + 1) * 2, 8);
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
