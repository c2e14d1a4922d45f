/** The members of an instance: state, what each waits for and why, and its run. */
import { useMemo } from 'react';
import { Link } from 'wouter';
import { RunLink, StepLink } from '../../components/Ids';
import { StateBadge } from '../../components/StateBadge';
import { type Column, Table } from '../../components/Table';
import { useNow } from '../../components/Time';
import { duration } from '../../lib/format';
import { segment } from '../../lib/location';
import { useIsNarrow } from '../../lib/media';
import { type Instance, type Member, tookMs, wordOf } from './instance';
import { MemberActs } from './MemberActs';

export function Members({
  instance,
  chosen,
  choose,
}: {
  instance: Instance;
  chosen: string | undefined;
  choose: (step: string | undefined) => void;
}) {
  const isNarrow = useIsNarrow();
  const canReplay = instance.members.some((member) => member.can_replay);
  const columns = useMemo(
    () => columnsOf(instance.id, instance.trace, isNarrow, canReplay),
    [instance.id, instance.trace, isNarrow, canReplay],
  );
  return (
    <Table
      label="Members"
      columns={columns}
      rows={instance.members}
      rowId={(member) => member.step}
      rowHeight={48}
      current={chosen}
      open={(member) => choose(member.step === chosen ? undefined : member.step)}
    />
  );
}

function columnsOf(instance: string, trace: string, isNarrow: boolean, canReplay: boolean): Column<Member>[] {
  const all: (Column<Member> & { isWide?: boolean })[] = [
    { id: 'state', title: 'State', width: '112px', cell: (member) => <StateBadge state={wordOf(member)} /> },
    {
      id: 'step',
      title: 'Step, and why it is where it is',
      width: 'minmax(130px, 3fr)',
      cell: (member) => (
        <div className="min-w-0">
          <div className="truncate">
            <StepLink id={member.step} />
            {member.is_start && <span className="ml-2 text-xs text-muted">start</span>}
          </div>
          {member.why !== '' && (
            <div
              className={`truncate text-xs ${member.state === 'dead' ? 'text-bad' : 'text-muted'}`}
              title={member.why}
            >
              {member.why}
            </div>
          )}
        </div>
      ),
    },
    {
      id: 'waits',
      title: 'Waits for',
      isWide: true,
      width: 'minmax(80px, 1fr)',
      cell: (member) => <WaitsFor member={member} />,
    },
    {
      id: 'attempt',
      title: <span title="Attempts so far">Tries</span>,
      width: '36px',
      align: 'right',
      isWide: true,
      cell: (member) => (
        <span className={(member.attempt ?? 0) > 1 ? 'font-medium text-warn' : 'text-muted'}>{member.attempt}</span>
      ),
    },
    { id: 'took', title: 'Duration', width: '68px', align: 'right', cell: (member) => <Took member={member} /> },
    {
      id: 'run',
      title: 'Run',
      width: '134px',
      cell: (member) =>
        member.run !== null ? (
          <RunLink id={member.run} />
        ) : member.is_start ? (
          <Link href={`/traces/${segment(trace)}`} className="text-accent hover:underline">
            a request
          </Link>
        ) : (
          <span className="text-muted">–</span>
        ),
    },
    {
      id: 'acts',
      title: <span className="sr-only">Act</span>,
      width: '176px',
      align: 'right',
      cell: (member) => member.can_replay && <MemberActs instance={instance} member={member} />,
    },
  ];
  return all.filter((column) => (!isNarrow || !column.isWide) && (canReplay || column.id !== 'acts'));
}

function WaitsFor({ member }: { member: Member }) {
  if (member.waits_for.length === 0) return <span className="text-muted">–</span>;
  return (
    <span className="flex gap-x-2" title={member.waits_for.join(', ')}>
      {member.waits_for.map((step) => (
        <StepLink key={step} id={step} />
      ))}
    </span>
  );
}

function Took({ member }: { member: Member }) {
  const took = tookMs(member, useNow());
  return took === undefined ? <span className="text-muted">–</span> : duration(took);
}
