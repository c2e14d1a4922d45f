/** The processes that run steps, by language, with what they loaded and what they could not. */
import { useMemo } from 'react';
import { useStepList } from '../../api/catalog';
import { useApi } from '../../api/queries';
import { Page } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { bytes, count } from '../../lib/format';
import { FleetPanel } from './FleetPanel';
import { fleets } from './fleets';

export default function Screen() {
  const workers = useApi('/v1/workers', { live: ['worker', 'manifest', 'run', 'request'], everyMs: 1_500 });
  const faults = useApi('/v1/faults', { live: ['manifest'], everyMs: 200 });
  const steps = useStepList();
  const all = useMemo(
    () => fleets(workers.data?.workers ?? [], steps ?? [], faults.data?.faults ?? []),
    [workers.data, steps, faults.data],
  );
  const list = workers.data?.workers ?? [];
  const memory = list.reduce((sum, worker) => sum + worker.rss_bytes, 0);
  return (
    <Page
      title="Workers"
      actions={
        <span className="text-xs text-muted tabular-nums">
          {count(list.length)} {list.length === 1 ? 'process' : 'processes'} · {bytes(memory)} ·{' '}
          {count(list.reduce((sum, worker) => sum + worker.in_flight, 0))} in flight
        </span>
      }
    >
      {workers.error !== null && <Failed error={workers.error} retry={() => void workers.refetch()} />}
      {workers.data === undefined || steps === undefined ? (
        workers.error === null && <Loading what="workers" />
      ) : all.length === 0 ? (
        <Empty title="There is nothing to run yet.">
          A worker is started for each language that the project has step files of, below <code>motia/steps</code>.
        </Empty>
      ) : (
        <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-auto p-4">
          {all.map((fleet) => (
            <FleetPanel key={fleet.language} fleet={fleet} />
          ))}
        </div>
      )}
    </Page>
  );
}
