/** All workflow configurations, and how their instances do. */
import { TriangleAlert } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import type { Schemas } from '../../api/client';
import { useApi } from '../../api/queries';
import { StepLink } from '../../components/Ids';
import { StateBadge } from '../../components/StateBadge';
import { Empty, Failed, Loading } from '../../components/States';
import { type Column, Table } from '../../components/Table';
import { count, plainDuration } from '../../lib/format';
import { linkTo } from '../../lib/location';
import { useIsNarrow } from '../../lib/media';
import { Example } from './Example';
import { countsOf, type Workflow } from './instance';

const ROW_HEIGHT = 56;

export function WorkflowList() {
  const workflows = useApi('/v1/workflows', { live: ['manifest', 'instance'], everyMs: 1_000 });
  const [, navigate] = useLocation();
  const isNarrow = useIsNarrow();
  if (workflows.error !== null) return <Failed error={workflows.error} retry={() => void workflows.refetch()} />;
  if (workflows.data === undefined) return <Loading what="workflows" />;
  const { faults } = workflows.data;
  if (workflows.data.workflows.length === 0)
    return (
      <div className="min-h-0 flex-1 overflow-auto">
        {faults.length > 0 && <Faults faults={faults} />}
        <NoWorkflows />
      </div>
    );
  return (
    <>
      {faults.length > 0 && <Faults faults={faults} />}
      <Table
        label="Workflows"
        columns={isNarrow ? COLUMNS.filter((column) => column.id !== 'place') : COLUMNS}
        rows={workflows.data.workflows}
        rowId={(workflow) => workflow.id}
        rowHeight={ROW_HEIGHT}
        open={(workflow) => navigate(instancesOf(workflow.id))}
      />
    </>
  );
}

function instancesOf(workflow: string, state?: string): string {
  return linkTo('/workflows/instances', { workflow, state });
}

const COLUMNS: readonly Column<Workflow>[] = [
  {
    id: 'name',
    title: 'Workflow',
    width: 'minmax(130px, 1.2fr)',
    cell: (workflow) => (
      <div className="min-w-0">
        <Link href={instancesOf(workflow.id)} className="font-medium text-accent hover:underline">
          {workflow.id}
        </Link>
        <div className="truncate text-xs text-muted" title={workflow.description}>
          {workflow.is_configured ? workflow.description : 'no longer configured; its instances are kept'}
        </div>
      </div>
    ),
  },
  {
    id: 'steps',
    title: 'Start, and what follows',
    width: 'minmax(150px, 2fr)',
    cell: (workflow) =>
      workflow.is_configured && (
        <div className="min-w-0">
          <div className="truncate">
            <StepLink id={workflow.start} />
          </div>
          <div className="truncate text-xs text-muted" title={workflow.members.map((one) => one.step).join(', ')}>
            {count(workflow.members.length)} {workflow.members.length === 1 ? 'step' : 'steps'}:{' '}
            {workflow.members.map((one) => one.step).join(', ')}
          </div>
        </div>
      ),
  },
  {
    id: 'counts',
    title: 'Instances',
    width: 'minmax(190px, 1.6fr)',
    cell: (workflow) => <Counts workflow={workflow} />,
  },
  {
    id: 'bounds',
    title: 'Time, on failure',
    width: 'minmax(100px, 1fr)',
    cell: (workflow) => (
      <div className="min-w-0">
        <div>
          {workflow.timeout_ms === null ? (
            <span className="text-muted">no bound</span>
          ) : (
            plainDuration(workflow.timeout_ms)
          )}
        </div>
        {workflow.on_failure !== null && (
          <div className="truncate text-xs">
            <StepLink id={workflow.on_failure} />
          </div>
        )}
      </div>
    ),
  },
  {
    id: 'place',
    title: 'Written in',
    width: 'minmax(140px, 1fr)',
    cell: (workflow) =>
      workflow.is_configured && (
        <code className="font-mono text-xs text-muted" title={`${workflow.file}:${workflow.line}`}>
          {workflow.file.replace('motia/workflows/', '')}:{workflow.line}
        </code>
      ),
  },
];

function Counts({ workflow }: { workflow: Workflow }) {
  const some = [...countsOf([workflow], undefined)].filter(([, many]) => many > 0);
  if (some.length === 0) return <span className="text-muted">none yet</span>;
  return (
    <span className="flex flex-wrap gap-x-2 gap-y-0.5">
      {some.map(([state, many]) => (
        <Link key={state} href={instancesOf(workflow.id, state)} className="rounded hover:bg-raised">
          <StateBadge state={state} /> <span className="tabular-nums">{count(many)}</span>
        </Link>
      ))}
    </span>
  );
}

function Faults({ faults }: { faults: readonly Schemas['LoadFault'][] }) {
  return (
    <ul aria-label="Faults" className="max-h-48 overflow-auto border-b border-bad bg-bad-soft px-4 py-2 text-sm">
      {faults.map((fault) => (
        <li key={`${fault.file} ${fault.line} ${fault.message}`} className="flex items-start gap-2 py-0.5">
          <TriangleAlert size={14} className="mt-1 shrink-0 text-bad" aria-hidden />
          <span>
            <code className="mr-2 font-mono text-[13px]">
              {fault.file}:{fault.line}
            </code>
            {fault.message}
            {fault.hint && <span className="block text-muted">{fault.hint}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function NoWorkflows() {
  return (
    <Empty title="No workflow is configured.">
      A workflow says which step runs after which, in a file below <code>motia/workflows</code>. It stands here as soon
      as the file is saved.
      <Example />
    </Empty>
  );
}
