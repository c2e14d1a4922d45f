/** The flows behind their steps: a frame around those that stand together, named; the name shows only that flow. */
import { ViewportPortal } from '@xyflow/react';
import { GROUP_PADDING, GROUP_TITLE } from '../../lib/layout';
import { NODE_HEIGHT, NODE_WIDTH, type StepNodeType } from './StepNode';

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
            left: frame.left - GROUP_PADDING + 8,
            top: frame.top - GROUP_PADDING - GROUP_TITLE + 8,
            width: frame.right - frame.left + 2 * GROUP_PADDING - 16,
            height: frame.bottom - frame.top + 2 * GROUP_PADDING + GROUP_TITLE - 16,
          }}
        >
          <button
            type="button"
            disabled={name === ''}
            onClick={() => choose(name)}
            title={name === '' ? 'These steps name no flow' : `Show only ${name}`}
            className="pointer-events-auto max-w-full truncate px-3 py-1.5 text-lg font-semibold text-muted enabled:hover:text-ink"
          >
            {name === '' ? 'No flow' : name} <span className="font-normal">{frame.size}</span>
          </button>
        </div>
      ))}
    </ViewportPortal>
  );
}
