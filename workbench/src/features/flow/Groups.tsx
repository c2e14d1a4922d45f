/** The flows behind their steps: a frame around those that stand together, named; the name shows only that flow. */
import { ViewportPortal } from '@xyflow/react';
import { FRAME_BOTTOM, FRAME_SIDE, FRAME_TOP, NODE_HEIGHT, NODE_WIDTH } from '../../lib/layout';
import type { StepNodeType } from './StepNode';

export function Groups({
  nodes,
  groupOf,
  choose,
}: {
  nodes: readonly StepNodeType[];
  groupOf: ReadonlyMap<string, string>;
  choose: (flow: string) => void;
}) {
  const frames = new Map<string, { left: number; top: number; right: number; bottom: number; size: number }>();
  for (const node of nodes) {
    if (node.hidden) continue;
    const name = groupOf.get(node.id) ?? '';
    const { x, y } = node.position;
    const frame = frames.get(name) ?? { left: x, top: y, right: x, bottom: y, size: 0 };
    frames.set(name, {
      left: Math.min(frame.left, x),
      top: Math.min(frame.top, y),
      right: Math.max(frame.right, x + NODE_WIDTH),
      bottom: Math.max(frame.bottom, y + NODE_HEIGHT),
      size: frame.size + 1,
    });
  }
  return (
    <ViewportPortal>
      {[...frames].map(([name, frame]) => (
        <div
          key={name}
          className="pointer-events-none absolute -z-10 rounded-xl border border-line bg-raised/45"
          style={{
            left: frame.left - FRAME_SIDE,
            top: frame.top - FRAME_TOP,
            width: frame.right - frame.left + 2 * FRAME_SIDE,
            height: frame.bottom - frame.top + FRAME_TOP + FRAME_BOTTOM,
          }}
        >
          <button
            type="button"
            disabled={name === ''}
            onClick={() => choose(name)}
            title={name === '' ? 'These steps name no flow' : `Show only ${name}`}
            className="pointer-events-auto max-w-full truncate px-4 py-2 text-base font-semibold leading-6 text-muted enabled:hover:text-ink"
          >
            {name === '' ? 'No flow' : name} <span className="font-normal">{frame.size}</span>
          </button>
        </div>
      ))}
    </ViewportPortal>
  );
}
