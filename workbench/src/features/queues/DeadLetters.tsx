/** Runs that failed for good: why, and replay or purge of some or of all that fit. */
import { RotateCcw, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import type { RunView } from '../../api/client';
import { usePages } from '../../api/queries';
import { ActButton } from '../../components/ActButton';
import { BulkDialog } from '../../components/BulkDialog';
import { StepChoice } from '../../components/Choices';
import { RunLink, StepLink } from '../../components/Ids';
import { SearchField } from '../../components/Inputs';
import { SearchedBack } from '../../components/SearchedBack';
import { Empty, Failed, Loading } from '../../components/States';
import { type Column, Table } from '../../components/Table';
import { Time } from '../../components/Time';
import type { BulkTask } from '../../components/useBulk';
import { count } from '../../lib/format';
import { segment, useFilters } from '../../lib/location';

const IDS_MAX = 1_000;
const REASONS: Record<string, string> = {
  retries_used: 'attempts used up',
  fatal: 'fatal',
  timeout: 'took too long',
};

export function DeadLetters() {
  const [filters, set] = useFilters();
  const [, navigate] = useLocation();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [act, setAct] = useState<'replay' | 'purge' | null>(null);
  const where = { step: filters.step, text: filters.text };
  const dead = usePages('/v1/dead', { query: { ...where, limit: 100 }, live: ['error'], everyMs: 1_000 });
  const rows = useMemo(() => dead.data?.pages.flatMap((page) => page.runs) ?? [], [dead.data]);
  const there = useMemo(() => new Set(rows.map((run) => run.id)), [rows]);
  const ids = [...chosen].filter((id) => there.has(id));
  const isAll = ids.length > 0 && ids.length === rows.length;
  const change = (id: string) => {
    const next = new Set(ids);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };

  const columns: Column<RunView>[] = [
    {
      id: 'chosen',
      title: (
        <input
          type="checkbox"
          aria-label="Choose all that are shown"
          checked={isAll}
          onChange={() => setChosen(isAll ? new Set() : there)}
        />
      ),
      width: '20px',
      cell: (run) => (
        <input
          type="checkbox"
          aria-label={`Choose run ${run.id}`}
          checked={chosen.has(run.id)}
          onChange={() => change(run.id)}
        />
      ),
    },
    { id: 'run', title: 'Run', width: '148px', cell: (run) => <RunLink id={run.id} /> },
    { id: 'step', title: 'Step', width: 'minmax(90px, 1fr)', cell: (run) => <StepLink id={run.step} /> },
    { id: 'error', title: 'Error', width: 'minmax(140px, 3fr)', cell: (run) => <Why run={run} /> },
    {
      id: 'reason',
      title: 'Reason',
      width: 'minmax(80px, 140px)',
      cell: (run) => <span className="text-muted">{reasonOf(run)}</span>,
    },
    { id: 'attempts', title: 'Attempts', width: '62px', align: 'right', cell: (run) => count(run.attempt) },
    {
      id: 'died',
      title: 'Died',
      width: '84px',
      align: 'right',
      cell: (run) => (run.finished_at === null ? '' : <Time at={run.finished_at} />),
    },
  ];
  const isFiltered = Boolean(filters.step || filters.text);
  const none = rows.length === 0 ? 'There is no dead letter here.' : undefined;
  const reason = ids.length > IDS_MAX ? `Choose at most ${count(IDS_MAX)}, or filter and take all.` : none;
  const what = ids.length > 0 ? count(ids.length) : isFiltered ? 'all that fit' : 'all';
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-b border-line bg-panel px-4 py-2">
        <SearchField label="Text in error or payload" value={filters.text ?? ''} onChange={(text) => set({ text })} />
        <StepChoice filters={filters} set={set} />
        <div className="ml-auto flex gap-2">
          <ActButton onClick={() => setAct('replay')} reason={reason}>
            <RotateCcw size={14} aria-hidden /> Replay {what}…
          </ActButton>
          <ActButton look="danger" onClick={() => setAct('purge')} reason={reason}>
            <Trash2 size={14} aria-hidden /> Purge {what}…
          </ActButton>
        </div>
      </div>
      {dead.error !== null && <Failed error={dead.error} retry={() => void dead.refetch()} />}
      {dead.data === undefined ? (
        dead.isPending && <Loading what="dead letters" />
      ) : (
        <>
          <Table
            label="Dead letters"
            columns={columns}
            rows={rows}
            rowId={(run) => run.id}
            open={(run) => navigate(`/runs/${segment(run.id)}`)}
            more={dead.more}
            empty={
              isFiltered ? (
                <Empty title="No dead letter fits these filters." />
              ) : (
                <Empty title="No dead letters.">
                  A run whose attempts are used up, or whose error forbids another, is kept here until it is replayed or
                  purged.
                </Empty>
              )
            }
          />
          <SearchedBack {...dead.search} />
        </>
      )}
      {act !== null && (
        <Act
          act={act}
          where={ids.length > 0 ? { ids } : where}
          close={() => setAct(null)}
          onDone={() => setChosen(new Set())}
        />
      )}
    </>
  );
}

function Act({
  act,
  ...rest
}: {
  act: 'replay' | 'purge';
  where: BulkTask['where'];
  close: () => void;
  onDone: () => void;
}) {
  const { where, ...others } = rest;
  return act === 'replay' ? (
    <BulkDialog
      title="Replay dead letters"
      verb="Replay"
      past="Replayed"
      task={{ path: '/v1/dead/replay', where }}
      {...others}
    >
      <p className="text-muted">Each runs again with its payload, as a new run. The dead ones stay.</p>
    </BulkDialog>
  ) : (
    <BulkDialog
      title="Purge dead letters"
      verb="Purge"
      past="Purged"
      word="purge"
      task={{ path: '/v1/dead/purge', where }}
      {...others}
    >
      <p className="text-muted">Their payloads, errors and attempts are deleted for good.</p>
    </BulkDialog>
  );
}

function Why({ run }: { run: RunView }) {
  if (run.error === null) return <span className="text-muted">no error was kept</span>;
  return (
    <span title={run.error.message}>
      <span className="font-medium text-bad">{run.error.name}</span>{' '}
      <span className="text-muted">{run.error.message}</span>
    </span>
  );
}

function reasonOf(run: RunView): string {
  return run.reason === null ? '' : (REASONS[run.reason] ?? run.reason.replaceAll('_', ' '));
}
