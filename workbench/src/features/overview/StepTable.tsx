/** Steps over the window: those that fail first. */
import { Link } from 'wouter';
import { StepLink } from '../../components/Ids';
import { Panel } from '../../components/Page';
import { Sparkline } from '../../components/Sparkline';
import { count, duration, percent, rate } from '../../lib/format';
import { linkTo } from '../../lib/location';
import { inOrder, type StepMetrics, seriesOf } from './series';

const SHOWN_MAX = 100;

export function StepTable({
  metrics,
  minutes,
  seconds,
  range,
  nowMs,
  kinds,
  depths,
}: {
  metrics: readonly StepMetrics[];
  minutes: number;
  seconds: number;
  range: string;
  nowMs: number;
  kinds: ReadonlyMap<string, string>;
  depths: ReadonlyMap<string, number>;
}) {
  const rows = inOrder(metrics);
  const failing = rows.filter((row) => row.errors > 0).length;
  return (
    <Panel title={failing > 0 ? `Steps · ${failing} failing` : 'Steps'}>
      {rows.length === 0 ? (
        <p className="p-3 text-sm text-muted">No step ran in this time.</p>
      ) : (
        <div className="overflow-x-auto">
          <table className="w-full text-sm">
            <thead className="text-left text-xs text-muted">
              <tr>
                <th className="px-3 py-1.5 font-medium">Step</th>
                <th className="font-medium">Rate over time</th>
                <th className="px-2 text-right font-medium">Rate</th>
                <th className="px-2 text-right font-medium">Failed</th>
                <th className="px-2 text-right font-medium">p50</th>
                <th className="px-2 text-right font-medium">p95</th>
                <th className="px-3 text-right font-medium">Open</th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, SHOWN_MAX).map((row) => {
                const isApi = kinds.get(row.step) === 'api';
                const open = depths.get(row.step) ?? 0;
                const isBad = row.errors > 0;
                return (
                  <tr key={row.step} className="border-t border-line tabular-nums hover:bg-raised">
                    <td className="max-w-56 truncate px-3 py-1">
                      <StepLink id={row.step} />
                      <span className="ml-2 text-xs text-muted">{kinds.get(row.step)}</span>
                    </td>
                    <td>
                      <Sparkline
                        values={seriesOf(row.points, minutes, nowMs).perSecond}
                        colour={isBad ? 'var(--bad)' : 'var(--accent)'}
                      />
                    </td>
                    <td className="whitespace-nowrap px-2 text-right">{rate(row.count / seconds)}</td>
                    <td className="whitespace-nowrap px-2 text-right">
                      {isBad ? (
                        <Link
                          href={
                            isApi
                              ? linkTo('/traces', { step: row.step, failed: '1', range })
                              : linkTo('/errors', { step: row.step })
                          }
                          title={`${count(row.errors)} of ${count(row.count)}`}
                          className="font-medium text-bad hover:underline"
                        >
                          ✕ {percent(row.errors / row.count)}
                        </Link>
                      ) : (
                        <span className="text-muted">0 %</span>
                      )}
                    </td>
                    <td className="whitespace-nowrap px-2 text-right">{duration(row.p50_us / 1_000)}</td>
                    <td className="whitespace-nowrap px-2 text-right">{duration(row.p95_us / 1_000)}</td>
                    <td className="px-3 text-right">
                      {open > 0 ? (
                        <Link href={linkTo('/runs', { step: row.step })} className="text-accent hover:underline">
                          {count(open)}
                        </Link>
                      ) : (
                        <span className="text-muted">0</span>
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
