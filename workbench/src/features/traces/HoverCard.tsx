/** The exact times of the row under the pointer. */
import { duration, exact } from '../../lib/format';
import { PART_LOOKS } from './Legend';
import type { Row } from './waterfall';

export interface Hovered {
  row: Row;
  x: number;
  y: number;
}

const [WIDTH_PX, HEIGHT_PX] = [300, 190];

export function HoverCard({ hovered, startedMs }: { hovered: Hovered; startedMs: number }) {
  const { row, x, y } = hovered;
  const left = Math.min(x + 14, innerWidth - WIDTH_PX - 8);
  const top = y + HEIGHT_PX + 20 > innerHeight ? y - HEIGHT_PX : y + 16;
  return (
    <div
      aria-hidden
      className="pointer-events-none fixed z-30 rounded-md border border-line bg-panel p-2.5 text-xs shadow-lg"
      style={{ left, top: Math.max(top, 4), width: WIDTH_PX }}
    >
      <p className="truncate font-medium">
        {row.name}
        {row.attempt > 1 && ` · attempt ${row.attempt}`}
        {row.outcome !== '' && <span className="text-muted"> · {row.outcome}</span>}
      </p>
      <p className="text-muted">{exact(Math.round(startedMs + row.fromUs / 1_000))}</p>
      <table className="mt-1.5 w-full tabular-nums">
        <tbody>
          <Line name="begins at" us={row.fromUs} />
          <Line name={row.isOpen ? 'so far' : 'takes'} us={row.durationUs} />
          {row.parts.map((part) => (
            <Line key={part.kind} name={PART_LOOKS[part.kind].title} us={part.durationUs} isPart />
          ))}
        </tbody>
      </table>
      {row.logs.length > 0 && (
        <p className="mt-1 text-muted">
          {row.logs.length} log {row.logs.length === 1 ? 'line' : 'lines'}
        </p>
      )}
      {row.span?.error_message && (
        <p className="mt-1 line-clamp-2 text-bad">
          {row.span.error_name}: {row.span.error_message}
        </p>
      )}
    </div>
  );
}

function Line({ name, us, isPart = false }: { name: string; us: number; isPart?: boolean }) {
  return (
    <tr className={isPart ? 'text-muted' : ''}>
      <td className={isPart ? 'pl-3' : ''}>{name}</td>
      <td className="text-right">{duration(us / 1_000)}</td>
    </tr>
  );
}
