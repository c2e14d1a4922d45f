/** The columns of the list of traces. */
import type { Schemas } from '../../api/client';
import { RunLink, StepLink, TraceLink } from '../../components/Ids';
import { StateBadge } from '../../components/StateBadge';
import type { Column } from '../../components/Table';
import { Time } from '../../components/Time';
import { count, duration } from '../../lib/format';

type Trace = Schemas['TraceSummary'];

/** Columns that a narrow window has no room for. */
export const WIDE: readonly string[] = ['spans', 'error', 'run', 'step'];

export function columnsOf(longestUs: number): Column<Trace>[] {
  return [
    { id: 'outcome', title: 'Outcome', width: '104px', cell: (row) => <Outcome trace={row} /> },
    {
      id: 'name',
      title: 'Began with',
      width: 'minmax(130px,1.2fr)',
      cell: (row) => (row.kind === 'request' ? <span className="font-mono text-[13px]">{row.name}</span> : row.name),
    },
    { id: 'step', title: 'Step', width: 'minmax(100px,1fr)', cell: (row) => <StepLink id={row.step} /> },
    {
      id: 'duration',
      title: 'Duration',
      width: '150px',
      cell: (row) => <Length us={row.duration_us} longestUs={longestUs} />,
    },
    { id: 'spans', title: 'Spans', width: '48px', align: 'right', cell: (row) => count(row.spans) },
    {
      id: 'errors',
      title: 'Failed',
      width: '48px',
      align: 'right',
      cell: (row) => (
        <span className={row.errors > 0 ? 'font-medium text-bad' : 'text-muted'}>{count(row.errors)}</span>
      ),
    },
    {
      id: 'error',
      title: 'Error',
      width: 'minmax(0,1.2fr)',
      cell: (row) => (
        <span title={row.error ?? ''} className="text-bad">
          {row.error}
        </span>
      ),
    },
    { id: 'started', title: 'Started', width: '82px', align: 'right', cell: (row) => <Time at={row.started_at} /> },
    { id: 'trace', title: 'Trace', width: '88px', cell: (row) => <TraceLink id={row.trace} /> },
    { id: 'run', title: 'Run', width: '142px', cell: (row) => row.run !== null && <RunLink id={row.run} /> },
  ];
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

/** A duration with its share of the longest one, on a logarithmic scale. */
function Length({ us, longestUs }: { us: number; longestUs: number }) {
  const share = Math.log1p(us) / Math.log1p(longestUs);
  return (
    <span className="flex items-center gap-2">
      <span className="w-16 text-right tabular-nums">{duration(us / 1_000)}</span>
      <span className="h-1.5 flex-1 rounded bg-raised" aria-hidden>
        <span className="block h-full rounded bg-accent/60" style={{ width: `${Math.max(share * 100, 2)}%` }} />
      </span>
    </span>
  );
}
