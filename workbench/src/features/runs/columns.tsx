/** The columns of the list of runs: all of them, or the few that fit beside an open run. */
import type { RunView } from '../../api/client';
import { RunLink, StepLink, TraceLink } from '../../components/Ids';
import { StateBadge } from '../../components/StateBadge';
import type { Column } from '../../components/Table';
import { Time, useNow } from '../../components/Time';
import { duration } from '../../lib/format';
import type { Filters } from '../../lib/location';
import { noteOf, tookMs } from './query';

export interface Picking {
  has: (id: string) => boolean;
  toggle: (run: RunView) => void;
  isAll: boolean;
  toggleAll: () => void;
}

/** Room for all columns, for those of a narrow window, or for the few beside an open run. */
export type Room = 'all' | 'narrow' | 'beside';

export function columnsOf(picking: Picking | null, room: Room, filters: Filters): Column<RunView>[] {
  const isBeside = room === 'beside';
  const all: (Column<RunView> & { isWide?: boolean })[] = [
    {
      id: 'state',
      title: isBeside ? <span className="sr-only">State</span> : 'State',
      width: isBeside ? '20px' : '104px',
      cell: (run) => <StateBadge state={run.state} isSmall={isBeside} />,
    },
    {
      id: 'step',
      title: 'Step',
      width: 'minmax(0,1fr)',
      cell: (run) => (isBeside ? <StepLink id={run.step} /> : <StepAndNote run={run} />),
    },
    { id: 'took', title: 'Duration', width: '72px', align: 'right', cell: (run) => <Took run={run} /> },
    {
      id: 'attempt',
      title: <span title="Attempts so far">Tries</span>,
      width: '36px',
      align: 'right',
      cell: (run) => <span className={run.attempt > 1 ? 'font-medium text-warn' : 'text-muted'}>{run.attempt}</span>,
      isWide: true,
    },
    { id: 'trigger', title: 'Trigger', width: '56px', cell: (run) => run.trigger, isWide: true },
    { id: 'created', title: 'Created', width: '84px', align: 'right', cell: (run) => <Time at={run.created_at} /> },
    { id: 'trace', title: 'Trace', width: '84px', cell: (run) => <TraceLink id={run.trace} />, isWide: true },
    { id: 'id', title: 'Run', width: '134px', cell: (run) => <RunLink id={run.id} filters={filters} />, isWide: true },
  ];
  const shown = all.filter(
    (column) => room === 'all' || !column.isWide || (room === 'narrow' && column.id === 'trace'),
  );
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

/** The name is never cut for the note; what failed stands behind it. */
function StepAndNote({ run }: { run: RunView }) {
  const note = noteOf(run);
  const look = run.error === null ? 'text-muted' : run.state === 'completed' ? 'text-muted' : 'text-bad';
  return (
    <span className="flex min-w-0 items-baseline gap-3">
      <span className="max-w-[70%] shrink-0 truncate">
        <StepLink id={run.step} />
      </span>
      {note !== '' && <span className={`min-w-0 truncate text-[13px] ${look}`}>{note}</span>}
    </span>
  );
}

export function Took({ run }: { run: RunView }) {
  const now = useNow();
  const took = tookMs(run, now);
  return took === undefined ? <span className="text-muted">–</span> : duration(took);
}
