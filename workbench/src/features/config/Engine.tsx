/** Versions, addresses, how long it runs, what it keeps on disk. */
import { Fragment } from 'react';
import { Link } from 'wouter';
import { useApi } from '../../api/queries';
import { Facts } from '../../components/Facts';
import { CopyButton } from '../../components/Json';
import { Panel } from '../../components/Page';
import { Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { bytes, count } from '../../lib/format';

export function Engine() {
  const status = useApi('/v1/status', { live: ['run', 'request', 'manifest', 'worker'], everyMs: 2_000 });
  const workers = useApi('/v1/workers', { live: ['worker', 'manifest'] });
  if (status.error !== null) return <Failed error={status.error} retry={() => void status.refetch()} />;
  const engine = status.data;
  if (engine === undefined) return <Loading what="the engine" />;
  const runtimes = new Map((workers.data?.workers ?? []).map((worker) => [worker.language, worker.runtime]));
  return (
    <div className="grid min-h-0 content-start gap-4 overflow-auto p-4 lg:grid-cols-2">
      <Panel title="Engine" actions={<CopyButton label="Copy as JSON" text={() => JSON.stringify(engine, null, 2)} />}>
        <div className="p-3">
          <Facts
            facts={[
              ['Version', engine.version],
              ['Environment', engine.environment],
              ['State', engine.ready ? 'ready' : 'starting'],
              ['Process', `pid ${engine.pid}`],
              ['Started', <Time key="started" at={engine.started_at} />],
              ['Faults', engine.faults === 0 ? 'none' : <Faults key="faults" size={engine.faults} />],
            ]}
          />
        </div>
      </Panel>
      <Panel title="Addresses and runtimes">
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 p-3 text-sm">
          {[...Object.entries(engine.addresses), ...runtimes].map(([name, value]) => (
            <Fragment key={name}>
              <dt className="text-muted">{name}</dt>
              <dd className="break-all">{value}</dd>
            </Fragment>
          ))}
          <dt className="text-muted">workers</dt>
          <dd>
            <Link href="/workers" className="text-accent hover:underline">
              {count(engine.workers)}
            </Link>
          </dd>
        </dl>
      </Panel>
      <Panel title="Ledger">
        <div className="p-3">
          <Facts
            facts={[
              ['State', engine.ledger.is_available ? 'available' : 'not available'],
              ['On disk', bytes(engine.ledger.size_bytes)],
              ['Commits', count(engine.ledger.commits)],
              ['Operations', count(engine.ledger.operations)],
              ['Failed commits', count(engine.ledger.failed_commits)],
              ['Outdated claims refused', count(engine.ledger.stale)],
            ]}
          />
        </div>
      </Panel>
      <Panel title="Counters since it started">
        <div className="p-3">
          <Facts
            facts={Object.entries(engine.counters).map(([name, value]) => [name.replaceAll('_', ' '), count(value)])}
          />
          {Object.keys(engine.counters).length === 0 && <p className="text-sm text-muted">Nothing was counted yet.</p>}
        </div>
      </Panel>
    </div>
  );
}

function Faults({ size }: { size: number }) {
  return (
    <Link href="/workers" className="text-bad hover:underline">
      {count(size)} in the project's files
    </Link>
  );
}
