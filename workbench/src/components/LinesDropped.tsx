/** Says that log lines were not kept; nothing when all were. */
import { counted } from '../lib/format';

export function LinesDropped({ count, of }: { count: number; of: 'run' | 'trace' }) {
  if (count === 0) return null;
  return (
    <p className="border-b border-line px-3 py-1 text-xs text-warn">
      {counted(count, 'line')} of this {of} {count === 1 ? 'was' : 'were'} not kept: it logged too much at once. Log
      less in a loop, or raise the level.
    </p>
  );
}
