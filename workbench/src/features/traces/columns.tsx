/** The columns of the list of traces. */
import type { Schemas } from '../../api/client';
import { RunLink, StepLink, TraceLink } from '../../components/Ids';
import { StateBadge } from '../../components/StateBadge';
import type { Column } from '../../components/Table';
import { Time } from '../../components/Time';
import { count, duration } from '../../lib/format';

type Trace = Schemas['TraceSummary'];

/** Columns that a narrow window has no room for. */
export const WIDE: readonly string[] = ['spans', 'trace'];

export function columnsOf(fullUs: number): Column<Trace>[] {
  return [
    { id: 'outcome', title: 'Outcome', width: '104px', cell: (row) => <Outcome trace={row} /> },
    { id: 'name', title: 'Began with', width: 'minmax(0,1fr)', cell: (row) => <Name trace={row} /> },
    {
      id: 'duration',
      title: (
        <span title={`A full bar is ${duration(fullUs / 1_000)} or more: 19 of 20 here are faster`}>Duration</span>
      ),
      width: '168px',
      cell: (row) => <Length us={row.duration_us} fullUs={fullUs} />,
    },
    { id: 'spans', title: 'Spans', width: '44px', align: 'right', cell: (row) => count(row.spans) },
    {
      id: 'errors',
      title: 'Failed',
      width: '48px',
      align: 'right',
      cell: (row) => (
        <span className={row.errors > 0 ? 'font-medium text-bad' : 'text-muted'}>{count(row.errors)}</span>
      ),
    },
    { id: 'started', title: 'Started', width: '84px', align: 'right', cell: (row) => <Time at={row.started_at} /> },
    { id: 'trace', title: 'Trace', width: '84px', cell: (row) => <TraceLink id={row.trace} /> },
  ];
}

/** What it began with, by which step, and what failed in it. */
function Name({ trace }: { trace: Trace }) {
  const isRequest = trace.kind === 'request';
  return (
    <span className="flex min-w-0 items-baseline gap-3">
      {isRequest && <span className="max-w-[45%] shrink-0 truncate font-mono text-[13px]">{trace.name}</span>}
      <span className="max-w-[45%] shrink-0 truncate">
        <StepLink id={trace.step} />
      </span>
      {!isRequest && trace.run !== null && <RunLink id={trace.run} />}
      {trace.error !== null && <span className="min-w-0 truncate text-[13px] text-bad">{trace.error}</span>}
    </span>
  );
}

function Outcome({ trace }: { trace: Trace }) {
  if (trace.kind !== 'request') return <StateBadge state={trace.outcome} />;
  const isBad = trace.status >= 500;
  return (
    <span
      className={`rounded px-1.5 py-0.5 font-mono text-xs font-medium ${isBad ? 'bg-bad-soft text-bad' : trace.status >= 400 ? 'bg-warn-soft text-warn' : 'bg-good-soft text-good'}`}
    >
      {trace.status}
    </span>
  );
}

/** A duration, and how much of a full bar it is; a bar that is longer than that has an open end. */
function Length({ us, fullUs }: { us: number; fullUs: number }) {
  const isOver = us > fullUs;
  return (
    <span className="flex items-center gap-2">
      <span className="w-[72px] shrink-0 text-right tabular-nums">{duration(us / 1_000)}</span>
      <span className="keep-colours flex h-1.5 flex-1 overflow-hidden rounded bg-raised" aria-hidden>
        <span
          className={`block h-full ${isOver ? 'bg-warn' : 'bg-accent/60'}`}
          style={{ width: `${Math.max(Math.min(us / fullUs, 1) * 100, 1)}%` }}
        />
      </span>
    </span>
  );
}
