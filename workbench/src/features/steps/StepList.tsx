/** Every step in one list. */
import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { languageOf, openRuns, type StepView, useSteps } from '../../api/catalog';
import { useApi } from '../../api/queries';
import { SourceLink, StepLink } from '../../components/Ids';
import { SearchField, Select } from '../../components/Inputs';
import { KINDS, KindWord } from '../../components/Kind';
import { Page } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { type Column, Table } from '../../components/Table';
import { count, duration } from '../../lib/format';
import { segment, useFilters } from '../../lib/location';

interface Row {
  step: StepView;
  done: number;
  errors: number;
  p95Us: number;
}

const COLUMNS: Column<Row>[] = [
  { id: 'id', title: 'Step', width: 'minmax(160px, 2fr)', cell: ({ step }) => <StepLink id={step.id} /> },
  { id: 'kind', title: 'Kind', width: '90px', cell: ({ step }) => <KindWord kind={step.kind} /> },
  { id: 'language', title: 'Language', width: '95px', cell: ({ step }) => languageOf(step) },
  {
    id: 'reach',
    title: 'Reached by',
    width: 'minmax(120px, 1.5fr)',
    cell: ({ step }) => <span className="font-mono text-[13px]">{reachOf(step)}</span>,
  },
  {
    id: 'open',
    title: 'Open runs',
    width: '110px',
    align: 'right',
    cell: ({ step }) => (
      <>
        {step.is_paused && <span className="mr-2 text-xs font-medium text-warn">paused</span>}
        {count(openRuns(step))}
      </>
    ),
  },
  { id: 'done', title: 'Done, 1 h', width: '80px', align: 'right', cell: (row) => count(row.done) },
  {
    id: 'errors',
    title: 'Failed, 1 h',
    width: '85px',
    align: 'right',
    cell: (row) => <span className={row.errors > 0 ? 'font-medium text-bad' : ''}>{count(row.errors)}</span>,
  },
  {
    id: 'p95',
    title: 'p95',
    width: '80px',
    align: 'right',
    cell: (row) => (row.done === 0 ? '–' : duration(row.p95Us / 1_000)),
  },
  {
    id: 'source',
    title: 'Source',
    width: 'minmax(140px, 2fr)',
    cell: ({ step }) => <SourceLink step={step.id} file={step.source.file} line={step.source.line} />,
  },
];

export function StepList() {
  const [filters, set] = useFilters();
  const [, navigate] = useLocation();
  const steps = useSteps({ live: ['manifest', 'step', 'run'], everyMs: 1_000 });
  const metrics = useApi('/v1/metrics', {
    query: { window_s: 3_600, part_s: 300 },
    live: ['run', 'request'],
    everyMs: 5_000,
  });
  const rows = useMemo(() => {
    const known = new Map(metrics.data?.metrics.map((one) => [one.step, one]));
    const text = (filters.q ?? '').toLowerCase();
    return (steps.data?.steps ?? [])
      .filter((step) => filters.kind === undefined || step.kind === filters.kind)
      .filter((step) => `${step.id} ${step.source.file} ${reachOf(step)}`.toLowerCase().includes(text))
      .map((step): Row => {
        const own = known.get(step.id);
        return { step, done: own?.count ?? 0, errors: own?.errors ?? 0, p95Us: own?.p95_us ?? 0 };
      });
  }, [steps.data, metrics.data, filters]);
  return (
    <Page
      title="Steps"
      filters={
        <>
          <SearchField label="Find a step" value={filters.q ?? ''} onChange={(q) => set({ q })} />
          <Select
            label="Kind"
            value={filters.kind ?? ''}
            onChange={(kind) => set({ kind })}
            options={[
              ['', 'All kinds'],
              ...Object.entries(KINDS)
                .filter(([kind]) => kind !== 'parked')
                .map(([kind, { word }]) => [kind, word] as const),
            ]}
          />
          <span className="text-sm text-muted">{count(rows.length)} steps</span>
        </>
      }
    >
      {steps.error !== null ? (
        <Failed error={steps.error} retry={() => steps.refetch()} />
      ) : steps.data === undefined ? (
        <Loading what="steps" />
      ) : (
        <Table
          label="Steps"
          columns={COLUMNS}
          rows={rows}
          rowId={(row) => row.step.id}
          open={(row) => navigate(`/steps/${segment(row.step.id)}`)}
          empty={
            steps.data.steps.length === 0 ? (
              <Empty title="The project has no steps yet.">
                Write one in a file below <code>motia/steps</code>.
              </Empty>
            ) : (
              <Empty title="No step fits these filters." />
            )
          }
        />
      )}
    </Page>
  );
}

function reachOf(step: StepView): string {
  if (step.kind === 'api') return `${step.method} ${step.path}`;
  if (step.kind === 'cron') return step.schedule ?? '';
  return (step.topics ?? []).join(', ');
}
