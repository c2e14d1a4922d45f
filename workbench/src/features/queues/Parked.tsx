/** Events for a target that no step handles: they wait for it. */
import { useState } from 'react';
import { Link } from 'wouter';
import { useStepList } from '../../api/catalog';
import type { useApi } from '../../api/queries';
import { ActButton } from '../../components/ActButton';
import { BulkDialog } from '../../components/BulkDialog';
import { StepLink } from '../../components/Ids';
import { Empty, Failed, Loading } from '../../components/States';
import { type Column, Table } from '../../components/Table';
import { count } from '../../lib/format';
import { linkTo } from '../../lib/location';
import { closest } from './closest';

interface Row {
  target: string;
  events: number;
  near: readonly string[];
}

export function Parked({ queues }: { queues: ReturnType<typeof useApi<'/v1/queues'>> }) {
  const steps = useStepList() ?? [];
  const [cancelled, setCancelled] = useState<string | null>(null);
  const topics = new Set(steps.flatMap((step) => (step as { topics?: string[] }).topics ?? []));
  const names = [...steps.filter((step) => step.kind !== 'api').map((step) => step.id), ...topics];
  const rows: Row[] = Object.entries(queues.data?.parked ?? {})
    .map(([target, events]) => ({ target, events, near: closest(target, names) }))
    .sort((one, other) => other.events - one.events || one.target.localeCompare(other.target));
  const columns: Column<Row>[] = [
    {
      id: 'target',
      title: 'Target',
      width: 'minmax(120px, 1fr)',
      cell: (row) => <span className="font-mono text-[13px]">{row.target}</span>,
    },
    {
      id: 'events',
      title: 'Events',
      width: '80px',
      align: 'right',
      cell: (row) => (
        <Link href={linkTo('/runs', { step: row.target, state: 'parked' })} className="text-accent hover:underline">
          {count(row.events)}
        </Link>
      ),
    },
    {
      id: 'near',
      title: 'Closest names',
      width: 'minmax(160px, 2fr)',
      cell: (row) =>
        row.near.length === 0 ? (
          <span className="text-muted">nothing is called like it</span>
        ) : (
          <span className="flex gap-2 truncate">
            {row.near.map((name) =>
              topics.has(name) ? <span key={name}>{name}</span> : <StepLink key={name} id={name} />,
            )}
          </span>
        ),
    },
    {
      id: 'act',
      title: <span className="sr-only">Act</span>,
      width: '100px',
      align: 'right',
      cell: (row) => (
        <ActButton look="quiet" onClick={() => setCancelled(row.target)} aria-label={`Cancel events for ${row.target}`}>
          Cancel…
        </ActButton>
      ),
    },
  ];
  return (
    <>
      <p className="border-b border-line bg-panel px-4 py-2 text-sm text-muted">
        No step has this id and none subscribes to this topic. The events run as soon as one does.
      </p>
      {queues.error !== null && <Failed error={queues.error} retry={() => void queues.refetch()} />}
      {queues.data === undefined ? (
        queues.isPending && <Loading what="parked events" />
      ) : (
        <Table
          label="Parked events"
          columns={columns}
          rows={rows}
          rowId={(row) => row.target}
          empty={<Empty title="No event is parked.">Every target that was triggered has a step that handles it.</Empty>}
        />
      )}
      {cancelled !== null && (
        <BulkDialog
          title={`Cancel events for ${cancelled}`}
          verb="Cancel"
          past="Cancelled"
          word="cancel"
          task={{ path: '/v1/runs/cancel', where: { step: cancelled } }}
          close={() => setCancelled(null)}
        />
      )}
    </>
  );
}
