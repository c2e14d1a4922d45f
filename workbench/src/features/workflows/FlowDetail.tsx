/** One flow: its steps in order, and the traces that went through them. */
import { Link } from 'wouter';
import { languageOf } from '../../api/catalog';
import { StepLink, TraceLink } from '../../components/Ids';
import { KindWord, LanguageSign } from '../../components/Kind';
import { Panel } from '../../components/Page';
import { Sparkline } from '../../components/Sparkline';
import { StateBadge } from '../../components/StateBadge';
import { Time } from '../../components/Time';
import { count, duration } from '../../lib/format';
import { linkTo } from '../../lib/location';
import { minutesOf } from '../../lib/series';
import type { Metrics } from './FlowList';
import { type Flow, passed } from './flows';
import { OpenStates } from './OpenStates';
import { MEMBERS_MAX, useHappenings } from './useHappenings';

const TRACES_MAX = 30;

export function FlowDetail({ flow, metrics }: { flow: Flow; metrics: Metrics }) {
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-4">
      <Panel title="Steps">
        <div className="overflow-x-auto">
          <table className="w-full text-left text-sm">
            <thead className="text-xs text-muted">
              <tr className="border-b border-line">
                {['Step', 'Kind', 'Open runs', 'Last hour', 'Done', 'Failed', 'p95'].map((title, at) => (
                  <th key={title} className={`px-3 py-1.5 font-medium ${at > 3 ? 'text-right' : ''}`}>
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {flow.members.map((step) => {
                const own = metrics.get(step.id);
                return (
                  <tr key={step.id} className="border-b border-line last:border-0 hover:bg-raised">
                    <td className="px-3 py-1.5">
                      <span className="flex items-center gap-2">
                        <LanguageSign language={languageOf(step)} />
                        <StepLink id={step.id} />
                        {step.is_paused && <span className="text-xs font-medium text-warn">paused</span>}
                      </span>
                    </td>
                    <td className="px-3 py-1.5">
                      <KindWord kind={step.kind} />
                    </td>
                    <td className="px-3 py-1.5">
                      {step.kind === 'api' ? (
                        <span className="text-muted">–</span>
                      ) : (
                        <OpenStates runs={step.open_runs} step={step.id} />
                      )}
                    </td>
                    <td className="px-3 py-1.5">
                      {own && own.count > 0 && (
                        <Sparkline values={minutesOf(own.points, Date.now()).map((point) => point.count)} />
                      )}
                    </td>
                    <td className="px-3 py-1.5 text-right tabular-nums">{count(own?.count ?? 0)}</td>
                    <td
                      className={`px-3 py-1.5 text-right tabular-nums ${own && own.errors > 0 ? 'font-medium text-bad' : ''}`}
                    >
                      {count(own?.errors ?? 0)}
                    </td>
                    <td className="px-3 py-1.5 text-right tabular-nums">{own ? duration(own.p95_us / 1_000) : '–'}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </Panel>
      <Passed flow={flow} />
    </div>
  );
}

function Passed({ flow }: { flow: Flow }) {
  const { happenings, isPending } = useHappenings(flow.members);
  const traces = passed(happenings, TRACES_MAX);
  return (
    <Panel
      title="Traces that went through"
      actions={
        flow.members.length > MEMBERS_MAX && (
          <span className="text-xs text-muted">the past of the first {MEMBERS_MAX} steps, and what happens now</span>
        )
      }
    >
      {traces.length === 0 && (
        <p className="p-3 text-sm text-muted">{isPending ? 'Loading…' : 'Nothing has gone through it yet.'}</p>
      )}
      <ul>
        {traces.map((trace) => (
          <li
            key={trace.trace}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1.5 text-sm last:border-0"
          >
            <TraceLink id={trace.trace} />
            <span className="flex min-w-0 flex-1 flex-wrap gap-x-3 gap-y-1">
              {flow.members.map((step) => {
                const state = trace.states.get(step.id);
                return state === undefined ? null : (
                  <Link
                    key={step.id}
                    href={linkTo('/runs', { trace: trace.trace, step: step.id })}
                    className="flex items-center gap-1 rounded hover:bg-raised"
                  >
                    <StateBadge state={state} /> <span className="text-xs">{step.id}</span>
                  </Link>
                );
              })}
            </span>
            <span className="text-xs text-muted">
              <Time at={trace.at} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
