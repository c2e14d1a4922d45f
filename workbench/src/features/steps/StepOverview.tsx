/** How a step does and what it is wired to. */
import { Link } from 'wouter';
import { type StepView, useGraph } from '../../api/catalog';
import { useApi } from '../../api/queries';
import { Panel } from '../../components/Page';
import { RecentRuns } from '../../components/RunRows';
import { Sparkline } from '../../components/Sparkline';
import { StateBadge } from '../../components/StateBadge';
import { StepOptions, StepSchemas, StepWiring } from '../../components/StepParts';
import { Time } from '../../components/Time';
import { count, duration, percent, rate } from '../../lib/format';
import { linkTo, segment } from '../../lib/location';
import { minutesOf } from '../../lib/series';

const WINDOW_S = 3_600;

export function StepOverview({ step, topics }: { step: StepView; topics: readonly string[] }) {
  const graph = useGraph();
  return (
    <div className="min-h-0 flex-1 overflow-y-auto p-4">
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <Numbers step={step} />
          {step.kind === 'api' ? (
            <RecentTraces step={step.id} />
          ) : (
            <Panel title="Recent runs">
              <RecentRuns step={step.id} limit={10} />
            </Panel>
          )}
          <Errors step={step.id} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Panel title="Wiring">
            <StepWiring id={step.id} graph={graph.data} topics={topics} />
          </Panel>
          <Panel title="Schemas">
            <StepSchemas step={step} />
          </Panel>
          <Panel title="Options">
            <div className="p-3">
              <StepOptions step={step} />
            </div>
          </Panel>
        </div>
      </div>
    </div>
  );
}

function Numbers({ step }: { step: StepView }) {
  const metrics = useApi('/v1/metrics', {
    query: { step: step.id, window_s: WINDOW_S },
    live: ['run', 'request'],
    everyMs: 2_000,
  });
  const own = metrics.data?.metrics.find((one) => one.step === step.id);
  const open = Object.entries(step.open_runs).filter(([, many]) => many > 0);
  const points = minutesOf(own?.points ?? [], Date.now());
  return (
    <Panel title="Last hour">
      <div className="grid grid-cols-3 gap-x-4 gap-y-2 p-3 sm:grid-cols-6">
        <Figure title="Done" value={count(own?.count ?? 0)} />
        <Figure title="Failed" value={count(own?.errors ?? 0)} isBad={(own?.errors ?? 0) > 0} />
        <Figure title="Failed %" value={percent(own && own.count > 0 ? own.errors / own.count : 0)} />
        <Figure title="Rate" value={rate(own?.rate_per_s ?? 0)} />
        <Figure title="p50" value={own ? duration(own.p50_us / 1_000) : '–'} />
        <Figure title="p95" value={own ? duration(own.p95_us / 1_000) : '–'} />
      </div>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2 border-t border-line px-3 py-2 text-xs text-muted">
        <span className="flex items-center gap-2">
          done a minute <Sparkline values={points.map((point) => point.count)} />
        </span>
        <span className="flex items-center gap-2">
          failed a minute <Sparkline values={points.map((point) => point.errors)} colour="var(--bad)" />
        </span>
        {step.kind !== 'api' && (
          <span className="ml-auto flex flex-wrap items-center gap-2">
            {open.length === 0 && 'no open run'}
            {open.map(([state, many]) => (
              <Link
                key={state}
                href={linkTo('/runs', { step: step.id, state })}
                className="flex items-center gap-1 rounded hover:bg-raised"
              >
                <StateBadge state={state} /> <span className="text-ink">{count(many)}</span>
              </Link>
            ))}
          </span>
        )}
      </div>
    </Panel>
  );
}

function Figure({ title, value, isBad = false }: { title: string; value: string; isBad?: boolean }) {
  return (
    <div>
      <div className="text-xs text-muted">{title}</div>
      <div className={`whitespace-nowrap text-base font-semibold tabular-nums ${isBad ? 'text-bad' : ''}`}>{value}</div>
    </div>
  );
}

function RecentTraces({ step }: { step: string }) {
  const traces = useApi('/v1/traces', { query: { step, limit: 10 }, live: ['request'], everyMs: 500 });
  const rows = traces.data?.traces ?? [];
  return (
    <Panel title="Recent requests">
      {rows.length === 0 && (
        <p className="p-3 text-sm text-muted">
          {traces.data === undefined ? 'Loading…' : 'Nobody has sent it a request that was kept.'}
        </p>
      )}
      <ul>
        {rows.map((trace) => (
          <li key={trace.trace} className="border-b border-line last:border-0">
            <Link
              href={`/traces/${segment(trace.trace)}`}
              className="flex items-center gap-3 px-3 py-1.5 text-sm hover:bg-raised"
            >
              <span className={`w-10 font-mono font-semibold ${trace.status >= 400 ? 'text-bad' : 'text-good'}`}>
                {trace.status}
              </span>
              <span className="min-w-0 flex-1 truncate">{trace.error ?? trace.name}</span>
              <span className="text-xs tabular-nums text-muted">{duration(trace.duration_us / 1_000)}</span>
              <span className="text-xs text-muted">
                <Time at={trace.started_at} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Errors({ step }: { step: string }) {
  const errors = useApi('/v1/errors', { query: { step, limit: 10 }, live: ['error'] });
  const rows = errors.data?.errors ?? [];
  return (
    <Panel title="Errors">
      {rows.length === 0 && (
        <p className="p-3 text-sm text-muted">{errors.data === undefined ? 'Loading…' : 'It has not failed.'}</p>
      )}
      <ul>
        {rows.map((group) => (
          <li key={group.fingerprint} className="border-b border-line last:border-0">
            <Link
              href={`/errors/${segment(group.fingerprint)}`}
              className="flex items-center gap-3 px-3 py-1.5 text-sm hover:bg-raised"
            >
              <span className="min-w-0 flex-1 truncate">
                <span className={group.is_resolved ? 'text-muted' : 'font-medium text-bad'}>{group.name}</span>{' '}
                {group.message}
              </span>
              {group.is_resolved && <span className="text-xs text-good">resolved</span>}
              <span className="text-xs tabular-nums text-muted">{count(group.count)} ×</span>
              <span className="text-xs text-muted">
                <Time at={group.last_seen_at} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
