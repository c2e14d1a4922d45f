/** A few runs, live: state, when, how long, why it failed. For panels; the screen of runs has the whole list. */
import { Link } from 'wouter';
import type { RunView } from '../api/client';
import { useApi } from '../api/queries';
import { duration, instant } from '../lib/format';
import { linkTo } from '../lib/location';
import { RunLink, StepLink } from './Ids';
import { StateBadge } from './StateBadge';
import { Failed, Loading } from './States';
import { Time } from './Time';

/** The newest runs of a step. */
export function RecentRuns({ step, limit = 8 }: { step: string; limit?: number }) {
  const runs = useApi('/v1/runs', { query: { step, limit }, live: ['run'], everyMs: 300 });
  if (runs.error !== null) return <Failed error={runs.error} retry={() => runs.refetch()} />;
  if (runs.data === undefined) return <Loading what="runs" />;
  if (runs.data.runs.length === 0) return <p className="px-3 py-3 text-sm text-muted">It has not run yet.</p>;
  return (
    <>
      <RunRows runs={runs.data.runs} />
      <p className="border-t border-line px-3 py-1.5 text-sm">
        <Link href={linkTo('/runs', { step })} className="text-accent hover:underline">
          All runs of this step
        </Link>
      </p>
    </>
  );
}

/** What a trace made run, oldest first, as it happens. */
export function TraceRuns({ trace }: { trace: string }) {
  const runs = useApi('/v1/runs', { query: { trace, limit: 50 }, live: ['run'], everyMs: 200 });
  if (runs.error !== null) return <Failed error={runs.error} retry={() => runs.refetch()} />;
  if (runs.data === undefined) return <Loading what="runs" />;
  if (runs.data.runs.length === 0) return <p className="px-3 py-3 text-sm text-muted">It made no run.</p>;
  return <RunRows runs={[...runs.data.runs].reverse()} withStep />;
}

export function RunRows({ runs, withStep = false }: { runs: readonly RunView[]; withStep?: boolean }) {
  return (
    <ul>
      {runs.map((run) => (
        <li
          key={run.id}
          className="flex flex-wrap items-center gap-x-3 gap-y-0.5 border-b border-line px-3 py-1.5 text-sm last:border-0"
        >
          <span className="w-24 shrink-0">
            <StateBadge state={run.state} />
          </span>
          {withStep && (
            <span className="min-w-32 truncate">
              <StepLink id={run.step} />
            </span>
          )}
          <RunLink id={run.id} />
          <span className="ml-auto flex gap-3 text-xs text-muted">
            {run.attempt > 1 && <span>attempt {run.attempt}</span>}
            {run.started_at !== null && run.finished_at !== null && (
              <span className="tabular-nums">{duration(instant(run.finished_at) - instant(run.started_at))}</span>
            )}
            <Time at={run.created_at} />
          </span>
          {run.error !== null && (
            <span className="w-full truncate text-xs text-bad" title={`${run.error.name}: ${run.error.message}`}>
              {run.error.name}: {run.error.message}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
