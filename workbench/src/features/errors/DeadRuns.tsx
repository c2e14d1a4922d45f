/** The newest runs that this kind of failure killed: it was their last. */
import { Link } from 'wouter';
import { useApi } from '../../api/queries';
import { RunLink, TraceLink } from '../../components/Ids';
import { Panel } from '../../components/Page';
import { Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { counted } from '../../lib/format';
import { linkTo } from '../../lib/location';
import type { ErrorGroup } from './ErrorList';

const SHOWN = 20;

export function DeadRuns({ group }: { group: ErrorGroup }) {
  const dead = useApi('/v1/runs', {
    query: { fingerprint: group.fingerprint, state: ['dead'], limit: SHOWN },
    live: ['error', 'run'],
    everyMs: 2_000,
  });
  const runs = dead.data?.runs ?? [];
  return (
    <Panel
      title="Dead runs"
      actions={
        <Link
          className="text-sm text-accent hover:underline"
          href={linkTo('/runs', { fingerprint: group.fingerprint })}
        >
          All its runs
        </Link>
      }
    >
      {dead.error !== null && <Failed error={dead.error} />}
      {dead.isPending && <Loading what="dead runs" />}
      {dead.data !== undefined && runs.length === 0 && (
        <p className="p-3 text-sm text-muted">
          None: its runs were retried with success, replayed and purged, or it was a request, which has no run.
        </p>
      )}
      <ul className="divide-y divide-line">
        {runs.map((run) => (
          <li
            key={run.id}
            className="grid grid-cols-[150px_minmax(0,1fr)_80px_70px] items-center gap-3 px-3 py-1.5 text-sm"
          >
            <RunLink id={run.id} />
            <span className="truncate text-muted">{counted(run.attempt, 'attempt')}</span>
            <TraceLink id={run.trace} />
            <span className="text-right text-xs text-muted">{run.finished_at && <Time at={run.finished_at} />}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
