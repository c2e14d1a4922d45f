/** All flows, and how they do. */
import { Link, useLocation } from 'wouter';
import { languageOf } from '../../api/catalog';
import type { Schemas } from '../../api/client';
import { LanguageSign } from '../../components/Kind';
import { type Column, Table } from '../../components/Table';
import { count } from '../../lib/format';
import { segment } from '../../lib/location';
import type { Flow } from './flows';
import { OpenStates, sumOf } from './OpenStates';

export type Metrics = ReadonlyMap<string, Schemas['StepMetrics']>;

export function FlowList({ flows, metrics }: { flows: readonly Flow[]; metrics: Metrics }) {
  const [, navigate] = useLocation();
  const total = (flow: Flow, of: 'count' | 'errors') =>
    flow.members.reduce((sum, step) => sum + (metrics.get(step.id)?.[of] ?? 0), 0);
  const columns: Column<Flow>[] = [
    {
      id: 'name',
      title: 'Flow',
      width: 'minmax(120px, 1fr)',
      cell: (flow) => (
        <Link href={`/workflows/flows/${segment(flow.name)}`} className="font-medium text-accent hover:underline">
          {flow.name}
        </Link>
      ),
    },
    {
      id: 'steps',
      title: 'Steps',
      width: 'minmax(140px, 2fr)',
      cell: (flow) => (
        <span title={flow.members.map((step) => step.id).join(' → ')}>
          {count(flow.members.length)}
          <span className="ml-2 text-muted">{flow.members.map((step) => step.id).join(', ')}</span>
        </span>
      ),
    },
    {
      id: 'languages',
      title: 'Languages',
      width: '110px',
      cell: (flow) => (
        <span className="flex gap-1">
          {[...new Set(flow.members.map(languageOf))].map((language) => (
            <LanguageSign key={language} language={language} />
          ))}
        </span>
      ),
    },
    {
      id: 'open',
      title: 'Open runs',
      width: 'minmax(110px, 1fr)',
      cell: (flow) => <OpenStates runs={sumOf(flow.members)} />,
    },
    { id: 'done', title: 'Done, 1 h', width: '80px', align: 'right', cell: (flow) => count(total(flow, 'count')) },
    {
      id: 'errors',
      title: 'Failed, 1 h',
      width: '85px',
      align: 'right',
      cell: (flow) => (
        <span className={total(flow, 'errors') > 0 ? 'font-medium text-bad' : ''}>{count(total(flow, 'errors'))}</span>
      ),
    },
  ];
  return (
    <Table
      label="Flows"
      columns={columns}
      rows={flows}
      rowId={(flow) => flow.name}
      open={(flow) => navigate(`/workflows/flows/${segment(flow.name)}`)}
    />
  );
}
