/** One row: its name in the tree, its bar with parts and log ticks, how long it took. */
import { ChevronDown, ChevronRight, CircleX, Globe, LoaderCircle, Play, SquareDashed } from 'lucide-react';
import { memo } from 'react';
import { duration, instant } from '../../lib/format';
import { PART_LOOKS } from './Legend';
import { GRID, type Range } from './Waterfall';
import type { Log, Row } from './waterfall';

interface Props {
  row: Row;
  top: number;
  height: number;
  range: Range;
  startedMs: number;
  isSelected: boolean;
  isClosed: boolean;
  fold: () => void;
  select: () => void;
  zoomTo: () => void;
  hover: (x: number, y: number) => void;
}

const LEVEL_COLOURS: Record<string, string> = { error: 'bg-bad', warn: 'bg-warn', info: 'bg-ink', debug: 'bg-muted' };
const TICKS_MAX = 200;

export const WaterfallRow = memo(
  function WaterfallRow(props: Props) {
    const { row, top, height, isSelected } = props;
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: j, k and the arrows walk the rows of the tree
      <div
        role="row"
        aria-level={row.depth + 1}
        aria-selected={isSelected}
        {...(row.childCount > 0 ? { 'aria-expanded': !props.isClosed } : {})}
        tabIndex={-1}
        onClick={props.select}
        onDoubleClick={props.zoomTo}
        onMouseMove={(event) => props.hover(event.clientX, event.clientY)}
        className={`absolute left-0 grid w-full cursor-pointer items-center gap-2 border-b border-line/50 px-3 text-[13px] ${isSelected ? 'bg-accent-soft' : 'hover:bg-raised'}`}
        style={{ top, height, gridTemplateColumns: GRID }}
      >
        <Name {...props} />
        <Bar {...props} />
        <div role="gridcell" className="text-right text-xs tabular-nums">
          {duration(row.durationUs / 1_000)}
        </div>
      </div>
    );
  },
  (a, b) =>
    a.row === b.row &&
    a.top === b.top &&
    a.isSelected === b.isSelected &&
    a.isClosed === b.isClosed &&
    a.range.fromUs === b.range.fromUs &&
    a.range.toUs === b.range.toUs,
);

function Name({ row, isClosed, fold }: Props) {
  const Icon = row.isFailed
    ? CircleX
    : row.isOpen
      ? LoaderCircle
      : row.kind === 'request'
        ? Globe
        : row.kind === 'user'
          ? SquareDashed
          : Play;
  const Fold = isClosed ? ChevronRight : ChevronDown;
  return (
    <div
      role="rowheader"
      className="flex min-w-0 items-center gap-1"
      style={{ paddingLeft: Math.min(row.depth, 12) * 14 }}
    >
      {row.childCount > 0 ? (
        <button
          type="button"
          tabIndex={-1}
          aria-label={isClosed ? 'Unfold' : 'Fold'}
          onClick={(event) => {
            event.stopPropagation();
            fold();
          }}
          className="shrink-0 rounded text-muted hover:bg-line"
        >
          <Fold size={14} aria-hidden />
        </button>
      ) : (
        <span className="w-3.5 shrink-0" />
      )}
      <Icon
        size={13}
        aria-label={row.isFailed ? 'failed' : row.isOpen ? row.outcome : row.kind}
        className={`shrink-0 ${row.isFailed ? 'text-bad' : row.isOpen ? 'text-info' : 'text-muted'}`}
      />
      <span className="truncate">{row.name}</span>
      {row.attempt > 1 && <span className="shrink-0 text-xs text-warn">#{row.attempt}</span>}
      {row.isOpen && <span className="shrink-0 text-xs text-info">{row.outcome}</span>}
    </div>
  );
}

function Bar({ row, range, startedMs }: Props) {
  const width = Math.max(range.toUs - range.fromUs, 1);
  // What begins with the last pixel of the axis is drawn in it, not behind it.
  const left = (us: number) => {
    const at = ((us - range.fromUs) / width) * 100;
    return at > 100 ? `${at}%` : `min(${at}%, calc(100% - 2px))`;
  };
  const share = (us: number) => (us / width) * 100;
  const look = row.isFailed ? 'bg-bad/25' : row.kind === 'user' ? 'bg-accent/40' : 'bg-accent/15';
  return (
    <div role="gridcell" className="keep-colours relative h-full overflow-hidden">
      <div
        className={`absolute top-1/2 h-3 min-w-[2px] -translate-y-1/2 rounded-sm ${look}`}
        style={{ left: left(row.fromUs), width: `${share(row.durationUs)}%` }}
      />
      {row.parts.map((part) => (
        <div
          key={part.kind}
          className={`absolute top-1/2 min-w-px -translate-y-1/2 rounded-sm ${part.isFailed ? 'h-3.5 bg-bad' : PART_LOOKS[part.kind].look}`}
          style={{ left: left(part.fromUs), width: `${share(part.durationUs)}%` }}
        />
      ))}
      {sampled(row.logs).map((line) => (
        <div
          key={line.id}
          className={`absolute bottom-0 h-1.5 w-[2px] ${LEVEL_COLOURS[line.level] ?? 'bg-ink'}`}
          style={{ left: left((instant(line.at) - startedMs) * 1_000) }}
        />
      ))}
    </div>
  );
}

/** Lines to draw a tick for: beyond what a bar can show, every n-th, and all that are errors. */
function sampled(lines: readonly Log[]): readonly Log[] {
  if (lines.length <= TICKS_MAX) return lines;
  const each = Math.ceil(lines.length / TICKS_MAX);
  return lines.filter((line, at) => at % each === 0 || line.level === 'error').slice(0, TICKS_MAX * 2);
}
