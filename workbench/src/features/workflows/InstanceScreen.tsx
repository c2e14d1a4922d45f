/** One instance: the graph of its members, and what each waits for and why. */
import { lazy, Suspense, useMemo, useRef } from 'react';
import { Link } from 'wouter';
import { useApi } from '../../api/queries';
import { StepLink, TraceLink } from '../../components/Ids';
import { CopyButton } from '../../components/Json';
import { Page } from '../../components/Page';
import { StateBadge } from '../../components/StateBadge';
import { Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { count } from '../../lib/format';
import { linkTo, useFilters } from '../../lib/location';
import { useObjectTitle } from '../../lib/title';
import { CancelInstance } from './CancelInstance';
import type { Instance } from './instance';
import { Members } from './Members';

const MemberGraph = lazy(() => import('./MemberGraph'));

export function InstanceScreen({ id }: { id: string }) {
  const trace = useRef<string | undefined>(undefined);
  const { data, isPending, isError, error, refetch } = useApi('/v1/instances/{instance}', {
    params: { instance: id },
    live: ['instance', 'run'],
    fits: (item) => item.data.instance === id || item.data.trace === trace.current,
    everyMs: 150,
  });
  trace.current = data?.trace;
  const [filters, set] = useFilters();
  useObjectTitle(data === undefined ? `Instance ${id}` : `${data.workflow} · Instance ${id}`);
  const choose = useMemo(() => (step: string | undefined) => set({ member: step }), [set]);
  return (
    <Page
      title={data?.workflow ?? 'Instance'}
      actions={
        <>
          <Link
            href={linkTo('/workflows/instances', { workflow: data?.workflow })}
            className="text-sm text-accent hover:underline"
          >
            All instances
          </Link>
          {data !== undefined && (
            <>
              <CopyButton label="Copy as JSON" text={() => JSON.stringify(data, null, 2)} />
              <CancelInstance instance={data} />
            </>
          )}
        </>
      }
    >
      {isPending ? (
        <Loading what="the instance" />
      ) : isError ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : (
        <>
          <Head instance={data} />
          <div className="h-[min(38vh,340px)] shrink-0 border-b border-line bg-page">
            <Suspense fallback={<Loading what="the graph" />}>
              <MemberGraph members={data.members} chosen={filters.member} choose={choose} />
            </Suspense>
          </div>
          <Members instance={data} chosen={filters.member} choose={choose} />
        </>
      )}
    </Page>
  );
}

function Head({ instance }: { instance: Instance }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line bg-panel px-4 py-2 text-sm">
      <StateBadge state={instance.state} />
      <span className="font-mono text-[13px] text-muted">{instance.id}</span>
      <span className="tabular-nums">
        {count(instance.members_completed)} of {count(instance.members_total)} completed
      </span>
      <span>
        <span className="text-muted">opened</span> <Time at={instance.opened_at} />
      </span>
      {instance.finished_at !== null && (
        <span>
          <span className="text-muted">over</span> <Time at={instance.finished_at} />
        </span>
      )}
      {instance.due_at !== null && instance.state === 'running' && (
        <span>
          <span className="text-muted">time is over</span> <Time at={instance.due_at} />
        </span>
      )}
      <span>
        <span className="text-muted">trace</span> <TraceLink id={instance.trace} />
      </span>
      {instance.on_failure !== null && (
        <span>
          <span className="text-muted">on failure</span> <StepLink id={instance.on_failure} />
        </span>
      )}
      {instance.config !== 'same' && (
        <span className="text-warn">
          {instance.config === 'gone'
            ? 'The workflow is no longer configured; this instance goes on as it was opened.'
            : 'The configuration has changed since; this instance goes on as it was opened.'}
        </span>
      )}
      {instance.reason !== '' && (
        <p className={`w-full ${instance.state === 'cancelled' ? 'text-muted' : 'text-bad'}`}>{instance.reason}</p>
      )}
    </div>
  );
}
