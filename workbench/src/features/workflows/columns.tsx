/** The columns of the list of instances. */
import { Link } from 'wouter';
import { TraceLink } from '../../components/Ids';
import { StateBadge } from '../../components/StateBadge';
import type { Column } from '../../components/Table';
import { Time, useNow } from '../../components/Time';
import { count, duration, instant } from '../../lib/format';
import { linkTo, segment } from '../../lib/location';
import type { InstanceRow } from './instance';

export function columnsOf(isNarrow: boolean): Column<InstanceRow>[] {
  const all: (Column<InstanceRow> & { isWide?: boolean })[] = [
    { id: 'state', title: 'State', width: '104px', cell: (one) => <StateBadge state={one.state} /> },
    {
      id: 'workflow',
      title: 'Workflow',
      width: 'minmax(90px, 1fr)',
      cell: (one) => (
        <Link href={linkTo('/workflows/instances', { workflow: one.workflow })} className="text-accent hover:underline">
          {one.workflow}
        </Link>
      ),
    },
    { id: 'done', title: 'Completed', width: isNarrow ? '64px' : '120px', cell: (one) => <Progress instance={one} /> },
    {
      id: 'reason',
      title: 'Why',
      width: 'minmax(0, 2fr)',
      cell: (one) => (
        <span className={one.state === 'cancelled' ? 'text-muted' : 'text-bad'} title={one.reason}>
          {one.reason}
        </span>
      ),
    },
    { id: 'took', title: 'Took', width: '88px', align: 'right', cell: (one) => <Took instance={one} /> },
    { id: 'opened', title: 'Opened', width: '84px', align: 'right', cell: (one) => <Time at={one.opened_at} /> },
    {
      id: 'due',
      title: <span title="When its time is over">Due</span>,
      width: '74px',
      align: 'right',
      isWide: true,
      cell: (one) =>
        one.due_at === null || one.state !== 'running' ? (
          <span className="text-muted">–</span>
        ) : (
          <Time at={one.due_at} />
        ),
    },
    { id: 'trace', title: 'Trace', width: '84px', isWide: true, cell: (one) => <TraceLink id={one.trace} /> },
    {
      id: 'id',
      title: 'Instance',
      width: '140px',
      cell: (one) => (
        <Link
          href={`/workflows/instances/${segment(one.id)}`}
          className="font-mono text-[13px] text-accent hover:underline"
        >
          {one.id}
        </Link>
      ),
    },
  ];
  return all.filter((column) => !isNarrow || !column.isWide);
}

function Progress({ instance }: { instance: InstanceRow }) {
  const { members_completed: done, members_total: total } = instance;
  return (
    <span className="flex items-center gap-2">
      <span className="keep-colours h-1.5 w-12 overflow-hidden rounded bg-raised max-[1000px]:hidden" aria-hidden>
        <span className="block h-full bg-good" style={{ width: `${(done / Math.max(total, 1)) * 100}%` }} />
      </span>
      <span className="tabular-nums">
        {count(done)} of {count(total)}
      </span>
    </span>
  );
}

function Took({ instance }: { instance: InstanceRow }) {
  const now = useNow();
  const until = instance.finished_at === null ? now : instant(instance.finished_at);
  return duration(Math.max(until - instant(instance.opened_at), 0));
}
