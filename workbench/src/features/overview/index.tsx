/** Overview: how the project does now, and where to look when it does not do well. */
import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { useStepList } from '../../api/catalog';
import { useApi } from '../../api/queries';
import { Select } from '../../components/Inputs';
import { Page, Panel } from '../../components/Page';
import { Failed, Loading } from '../../components/States';
import { useNow } from '../../components/Time';
import { clock, exact, plainDuration, rate } from '../../lib/format';
import { linkTo, useFilters } from '../../lib/location';
import { floorMinute } from '../../lib/range';
import { Chart } from './Chart';
import { FaultBanner } from './FaultBanner';
import { FirstSteps } from './FirstSteps';
import { RecentErrors, RunningNow } from './Lately';
import { StepTable } from './StepTable';
import { everyMsOf, minutesPerPart, seriesOf, spanOf, WINDOWS } from './series';
import { Tiles } from './Tiles';

export default function OverviewScreen() {
  const [filters, set] = useFilters();
  const [, navigate] = useLocation();
  const asked = WINDOWS.find(([id]) => id === filters.range);
  const [range, , window] = asked ?? WINDOWS[1];
  const minute = floorMinute(useNow());
  const status = useApi('/v1/status', { live: ['run', 'worker', 'manifest'] });
  const queues = useApi('/v1/queues', { live: ['run', 'step'] });
  const metrics = useApi('/v1/metrics', {
    // The window ends where this minute ends, so that it moves while nothing happens.
    query: {
      window_s: window * 60,
      part_s: minutesPerPart(window) * 60,
      until: new Date(minute + 60_000).toISOString(),
    },
    live: ['run', 'request'],
    everyMs: everyMsOf(window),
  });
  const steps = useStepList();
  const kinds = useMemo(() => new Map((steps ?? []).map((step) => [step.id, step.kind])), [steps]);
  const depths = useMemo(
    () => new Map((queues.data?.queues ?? []).map((queue) => [queue.step, queue.depth])),
    [queues.data],
  );
  const sum = metrics.data?.metrics.find((one) => one.step === '');
  const nowMs = Math.max(minute, metrics.dataUpdatedAt);
  const points = sum?.points ?? [];
  const { minutes, seconds, sinceMs } =
    asked === undefined ? spanOf(points, window, nowMs) : { minutes: window, seconds: window * 60, sinceMs: null };
  const series = seriesOf(points, minutes, nowMs);
  const span = sinceMs === null ? `the last ${minutes} minutes` : `the time since ${clock(sinceMs).slice(0, 5)}`;
  const isFresh =
    status.data !== undefined &&
    metrics.data !== undefined &&
    (sum?.count ?? 0) === 0 &&
    Object.values(status.data.runs).every((runs) => runs === 0);
  const pick = (since: string, until: string) => navigate(linkTo('/traces', { since, until }));

  return (
    <Page
      title="Overview"
      actions={
        <>
          {sinceMs !== null && (
            <span className="text-sm text-muted" title={`Nothing happened in the hour before ${exact(sinceMs)}`}>
              since {clock(sinceMs).slice(0, 5)}
            </span>
          )}
          <Select
            label="Window"
            value={asked === undefined ? '' : range}
            onChange={(next) => set({ range: next })}
            options={[['', 'Up to an hour'], ...WINDOWS.map(([id, title]) => [id, `Last ${title}`] as const)]}
          />
        </>
      }
    >
      <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-auto p-4">
        <FaultBanner />
        {status.isError && <Failed error={status.error} retry={() => void status.refetch()} />}
        {metrics.isError && <Failed error={metrics.error} retry={() => void metrics.refetch()} />}
        {metrics.isPending && <Loading what="the figures" />}
        {isFresh && status.data !== undefined && <FirstSteps status={status.data} />}
        {metrics.data !== undefined && !isFresh && (
          <>
            <Tiles sum={sum} seconds={seconds} status={status.data} queues={queues.data} range={range} />
            <div className="grid gap-3 min-[1000px]:grid-cols-2">
              <Panel title="Calls and attempts per second">
                <Chart
                  label={`Calls and attempts per second over ${span}`}
                  at={series.at}
                  lines={[
                    { name: 'all', values: series.perSecond, colour: 'accent', isFilled: true },
                    { name: 'failed', values: series.failedPerSecond, colour: 'bad', dash: [4, 3] },
                  ]}
                  format={rate}
                  onPick={pick}
                />
              </Panel>
              <Panel title="Duration of handlers">
                <Chart
                  label={`Percentiles of durations over ${span}`}
                  at={series.at}
                  lines={[
                    { name: 'p50', values: series.p50, colour: 'good' },
                    { name: 'p95', values: series.p95, colour: 'warn', dash: [6, 3] },
                    { name: 'p99', values: series.p99, colour: 'bad', dash: [2, 3] },
                  ]}
                  format={(value) => (value === 0 ? '0' : plainDuration(value))}
                  onPick={pick}
                />
              </Panel>
            </div>
            <div className="grid items-start gap-3 min-[1000px]:grid-cols-[3fr_2fr]">
              <StepTable
                metrics={metrics.data.metrics}
                minutes={minutes}
                seconds={seconds}
                range={range}
                nowMs={nowMs}
                kinds={kinds}
                depths={depths}
              />
              <div className="flex min-w-0 flex-col gap-3">
                <RecentErrors />
                <RunningNow />
              </div>
            </div>
          </>
        )}
      </div>
    </Page>
  );
}
