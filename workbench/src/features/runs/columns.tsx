/** The columns of the list of runs: all of them, or the few that fit beside an open run. */
import type { RunView } from '../../api/client';
import { RunLink, StepLink, TraceLink } from '../../components/Ids';
import { StateBadge } from '../../components/StateBadge';
import type { Column } from '../../components/Table';
import { Time, useNow } from '../../components/Time';
import { duration } from '../../lib/format';
import { noteOf, tookMs } from './query';

export interface Picking {
  has: (id: string) => boolean;
  toggle: (run: RunView) => void;
  isAll: boolean;
  toggleAll: () => void;
}

/** Room for all columns, for those of a narrow window, or for the few beside an open run. */
export type Room = 'all' | 'narrow' | 'beside';

export function columnsOf(picking: Picking | null, room: Room): Column<RunView>[] {
  const all: (Column<RunView> & { isWide?: boolean })[] = [
    { id: 'state', title: 'State', width: '104px', cell: (run) => <StateBadge state={run.state} /> },
    {
      id: 'step',
      title: 'Step',
      width: room === 'beside' ? 'minmax(0,1fr)' : 'minmax(110px,1fr)',
      cell: (run) => <StepLink id={run.step} />,
    },
    { id: 'note', title: 'Note', width: 'minmax(0,1.8fr)', cell: (run) => <Note run={run} />, isWide: true },
    { id: 'trigger', title: 'Trigger', width: '64px', cell: (run) => run.trigger, isWide: true },
    {
      id: 'attempt',
      title: <span title="Attempts so far">Tries</span>,
      width: '40px',
      align: 'right',
      cell: (run) => <span className={run.attempt > 1 ? 'font-medium text-warn' : ''}>{run.attempt}</span>,
      isWide: true,
    },
    { id: 'took', title: 'Duration', width: '84px', align: 'right', cell: (run) => <Took run={run} /> },
    { id: 'trace', title: 'Trace', width: '88px', cell: (run) => <TraceLink id={run.trace} />, isWide: true },
    { id: 'created', title: 'Created', width: '82px', align: 'right', cell: (run) => <Time at={run.created_at} /> },
    { id: 'id', title: 'Run', width: '142px', cell: (run) => <RunLink id={run.id} />, isWide: true },
  ];
  const shown = all.filter((column) => room === 'all' || !column.isWide || (room === 'narrow' && column.id === 'note'));
  return picking === null ? shown : [pickColumn(picking), ...shown];
}

function pickColumn(picking: Picking): Column<RunView> {
  return {
    id: 'pick',
    width: '18px',
    title: (
      <input
        type="checkbox"
        aria-label="Choose all that are loaded"
        checked={picking.isAll}
        onChange={picking.toggleAll}
      />
    ),
    cell: (run) => (
      <input
        type="checkbox"
        aria-label={`Choose run ${run.id}`}
        checked={picking.has(run.id)}
        onChange={() => picking.toggle(run)}
      />
    ),
  };
}

function Note({ run }: { run: RunView }) {
  const note = noteOf(run);
  return (
    <span title={note} className={run.error === null ? 'text-muted' : run.state === 'dead' ? 'text-bad' : ''}>
      {note}
    </span>
  );
}

export function Took({ run }: { run: RunView }) {
  const now = useNow();
  const took = tookMs(run, now);
  return took === undefined ? <span className="text-muted">–</span> : duration(took);
}
