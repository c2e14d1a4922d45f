/** What the parts of a bar are: told apart by height as well as by colour. */
import type { PartKind } from './waterfall';

export const PART_LOOKS: Record<PartKind, { title: string; look: string }> = {
  queue: { title: 'queue wait', look: 'h-1 bg-warn' },
  wait: { title: 'waiting', look: 'h-1 bg-warn' },
  dispatch: { title: 'dispatch', look: 'h-2 bg-info' },
  handler: { title: 'handler', look: 'h-3.5 bg-accent' },
  running: { title: 'running', look: 'h-3.5 animate-pulse bg-accent' },
  commit: { title: 'commit', look: 'h-2 bg-muted' },
};

const SHOWN: readonly PartKind[] = ['queue', 'dispatch', 'handler', 'commit'];

export function Legend() {
  return (
    <div className="keep-colours flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line bg-panel px-3 py-1.5 text-xs text-muted">
      {SHOWN.map((kind) => (
        <span key={kind} className="inline-flex items-center gap-1.5">
          <span className={`w-4 rounded-sm ${PART_LOOKS[kind].look}`} aria-hidden />
          {PART_LOOKS[kind].title}
        </span>
      ))}
      <span className="inline-flex items-center gap-1.5">
        <span className="h-3.5 w-4 rounded-sm bg-bad" aria-hidden />✕ failed
      </span>
      <span className="inline-flex items-center gap-1.5">
        <span className="h-1.5 w-[2px] bg-ink" aria-hidden />
        log line
      </span>
      <span className="ml-auto max-[1100px]:hidden">
        <kbd>j</kbd> <kbd>k</kbd> walk · <kbd>←</kbd> <kbd>→</kbd> fold · <kbd>z</kbd> or drag the axis: zoom ·{' '}
        <kbd>Esc</kbd> back
      </span>
    </div>
  );
}
