/** Each step's queue: what waits, what is in flight, how fast it moves; pause and resume. */
import { Pause, Play } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { useStepList } from '../../api/catalog';
import { send } from '../../api/client';
import { useFeed } from '../../api/feed';
import { useAct, type useApi } from '../../api/queries';
import { ActButton } from '../../components/ActButton';
import { StepLink } from '../../components/Ids';
import { SearchField, Select } from '../../components/Inputs';
import { StateBadge } from '../../components/StateBadge';
import { Empty, Failed, Loading } from '../../components/States';
import { type Column, Table } from '../../components/Table';
import { Time, useNow } from '../../components/Time';
import { say, sayFailure } from '../../components/Toasts';
import { count, instant, rate } from '../../lib/format';
import { linkTo, useFilters } from '../../lib/location';
import { RateWindow } from './rates';
import { type QueueRow, queueRows } from './rows';

export function QueueList({ queues }: { queues: ReturnType<typeof useApi<'/v1/queues'>> }) {
  const [filters, set] = useFilters();
  const steps = useStepList();
  const [rates] = useState(() => new RateWindow(Date.now()));
  useFeed(['run'], (items) => rates.note(items, Date.now()));
  const now = useNow();
  const act = useAct(
    ({ step, isPaused }: QueueRow) =>
      isPaused
        ? send('post', '/v1/steps/{step}/resume', { params: { step } })
        : send('post', '/v1/steps/{step}/pause', { params: { step } }),
    ['/v1/queues', '/v1/steps'],
  );
  const turn = (row: QueueRow) =>
    act.mutate(row, {
      onSuccess: () =>
        say(row.isPaused ? `${row.step} goes on.` : `${row.step} is paused. What is in flight is finished.`),
      onError: sayFailure,
    });

  const all = useMemo(() => queueRows(queues.data?.queues ?? [], steps ?? []), [queues.data, steps]);
  const rows = all.filter(
    (row) =>
      row.step.includes(filters.text ?? '') &&
      (filters.show !== 'open' || row.depth > 0) &&
      (filters.show !== 'paused' || row.isPaused),
  );
  const atLeast = rates.isPartial(now) ? '≥ ' : '';
  const speed = (row: QueueRow, way: 'in' | 'out') => {
    const found = rates.of(row.step, now);
    if (found === null) return '…';
    return found[way] === 0 ? <None /> : <span className="font-medium">{`${atLeast}${rate(found[way])}`}</span>;
  };

  const columns: Column<QueueRow>[] = [
    { id: 'step', title: 'Step', width: 'minmax(110px, 1.3fr)', cell: (row) => <Step row={row} /> },
    { id: 'waiting', title: 'Waiting', width: 'minmax(100px, 1.6fr)', cell: (row) => <Waiting row={row} /> },
    {
      id: 'oldest',
      title: 'Oldest ready',
      width: '84px',
      align: 'right',
      cell: (row) => (row.oldestReadyAt === null ? <None /> : <Age at={row.oldestReadyAt} />),
    },
    { id: 'flight', title: 'In flight', width: '92px', cell: (row) => <InFlight row={row} /> },
    { id: 'in', title: 'In', width: '58px', align: 'right', cell: (row) => speed(row, 'in') },
    { id: 'out', title: 'Out', width: '58px', align: 'right', cell: (row) => speed(row, 'out') },
    {
      id: 'act',
      title: <span className="sr-only">Act</span>,
      width: '104px',
      align: 'right',
      cell: (row) => (
        <ActButton
          look="quiet"
          onClick={() => turn(row)}
          isBusy={act.isPending && act.variables.step === row.step}
          aria-label={`${row.isPaused ? 'Resume' : 'Pause'} ${row.step}`}
        >
          {row.isPaused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
          {row.isPaused ? 'Resume' : 'Pause'}
        </ActButton>
      ),
    },
  ];
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-b border-line bg-panel px-4 py-2">
        <SearchField label="Step" value={filters.text ?? ''} onChange={(text) => set({ text })} />
        <Select
          label="Which queues"
          value={filters.show ?? ''}
          onChange={(show) => set({ show })}
          options={[
            ['', 'All queues'],
            ['open', 'With open runs'],
            ['paused', 'Paused'],
          ]}
        />
        <span className="ml-auto text-xs text-muted">In and out: runs a second over the last 10 s</span>
      </div>
      {queues.error !== null && <Failed error={queues.error} retry={() => void queues.refetch()} />}
      {queues.data === undefined || steps === undefined ? (
        queues.error === null && <Loading what="queues" />
      ) : (
        <Table
          label="Queues"
          columns={columns}
          rows={rows}
          rowId={(row) => row.step}
          empty={
            all.length === 0 ? (
              <Empty title="No step has a queue.">Event, cron and noop steps have one each.</Empty>
            ) : (
              <Empty title="No queue fits these filters." />
            )
          }
        />
      )}
    </>
  );
}

function Step({ row }: { row: QueueRow }) {
  return (
    <span className="flex items-center gap-2">
      <span className={`truncate ${row.depth > 0 ? 'font-medium' : ''}`}>
        <StepLink id={row.step} />
      </span>
      {row.isPaused && <StateBadge state="paused" />}
      <span className="text-xs text-muted max-lg:hidden">{row.kind === 'gone' ? 'not loaded' : row.kind}</span>
    </span>
  );
}

function Waiting({ row }: { row: QueueRow }) {
  if (row.waiting.length === 0) return row.depth === 0 && !row.isPaused ? <Idle /> : <None />;
  const share = row.depthMax === null ? 0 : row.depth / row.depthMax;
  return (
    <span className="flex items-center gap-2">
      {row.waiting.map(([state, runs]) => (
        <Link
          key={state}
          href={linkTo('/runs', { step: row.step, state })}
          className="whitespace-nowrap rounded tabular-nums hover:underline"
        >
          <StateBadge state={state} /> <span className="font-semibold">{count(runs)}</span>
        </Link>
      ))}
      {share >= 0.5 && row.depthMax !== null && (
        <span className="text-xs text-warn" title={`At most ${count(row.depthMax)}`}>
          {Math.round(share * 100)} % full
        </span>
      )}
    </span>
  );
}

function InFlight({ row }: { row: QueueRow }) {
  if (row.concurrency === null) {
    return row.inFlight === 0 ? (
      <None />
    ) : (
      <Link href={linkTo('/runs', { step: row.step, state: 'running' })} className="tabular-nums hover:underline">
        {count(row.inFlight)}
      </Link>
    );
  }
  if (row.inFlight === 0) return <span className="text-xs text-muted">at most {count(row.concurrency)}</span>;
  const isFull = row.inFlight >= row.concurrency;
  return (
    <span className="flex items-center gap-2 tabular-nums" title={`Concurrency: at most ${row.concurrency} at a time`}>
      <span className={isFull ? 'font-medium text-warn' : ''}>
        {row.inFlight} of {row.concurrency}
      </span>
      <span className="h-1.5 w-6 overflow-hidden rounded bg-raised" aria-hidden>
        <span
          className={`block h-full ${isFull ? 'bg-warn' : 'bg-info'}`}
          style={{ width: `${Math.min(row.inFlight / row.concurrency, 1) * 100}%` }}
        />
      </span>
    </span>
  );
}

const OLD_MS = 10_000;

/** How long the oldest has been ready; loud when that is long. */
function Age({ at }: { at: string }) {
  const isOld = useNow() - instant(at) > OLD_MS;
  return (
    <span className={isOld ? 'font-semibold text-warn' : ''}>
      <Time at={at} />
    </span>
  );
}

function Idle() {
  return <span className="text-xs text-muted">idle</span>;
}

/** Nothing to tell: said to those who listen, and nothing to look at. */
function None() {
  return <span className="sr-only">none</span>;
}
