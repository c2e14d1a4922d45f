/** What fails, and what runs, at this moment. */
import { Link } from 'wouter';
import { useApi } from '../../api/queries';
import { RunLink, StepLink } from '../../components/Ids';
import { Panel } from '../../components/Page';
import { Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { count } from '../../lib/format';
import { linkTo } from '../../lib/location';

export function RecentErrors() {
  const { data } = useApi('/v1/errors', { query: { resolved: false, limit: 8 }, live: ['error'] });
  return (
    <Panel title="Recent errors" actions={<More to="/errors" />}>
      {data === undefined ? (
        <Loading what="errors" />
      ) : data.errors.length === 0 ? (
        <p className="p-3 text-sm text-muted">Nothing failed that is not resolved.</p>
      ) : (
        <ul>
          {data.errors.map((group) => (
            <li key={group.fingerprint} className="border-b border-line px-3 py-1.5 text-sm last:border-0">
              <div className="flex items-center gap-2">
                <StepLink id={group.step} />
                <span className="ml-auto text-xs text-muted">
                  {count(group.count)} × · <Time at={group.last_seen_at} />
                </span>
              </div>
              <Link
                href={group.run === null ? `/traces/${group.trace}` : `/runs/${group.run}`}
                className="block truncate text-bad hover:underline"
                title={`${group.name}: ${group.message}`}
              >
                {group.name}: {group.message}
              </Link>
              {group.file !== '' && (
                <Link
                  href={`/steps/${encodeURIComponent(group.step)}?line=${group.line}`}
                  className="font-mono text-xs text-muted hover:underline"
                >
                  {group.file}:{group.line}
                </Link>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

export function RunningNow() {
  const { data } = useApi('/v1/runs', { query: { state: ['running'], limit: 8 }, live: ['run'] });
  return (
    <Panel title="Running now" actions={<More to={linkTo('/runs', { state: 'running' })} />}>
      {data === undefined ? (
        <Loading what="runs" />
      ) : data.runs.length === 0 ? (
        <p className="p-3 text-sm text-muted">Nothing runs at this moment.</p>
      ) : (
        <ul>
          {data.runs.map((run) => (
            <li key={run.id} className="flex items-center gap-2 border-b border-line px-3 py-1.5 text-sm last:border-0">
              <span className="min-w-0 flex-1 truncate">
                <StepLink id={run.step} />
              </span>
              <RunLink id={run.id} />
              <span className="w-20 text-right text-xs text-muted">
                {run.started_at !== null && <Time at={run.started_at} />}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function More({ to }: { to: string }) {
  return (
    <Link href={to} className="text-xs text-accent hover:underline">
      All of them
    </Link>
  );
}
