/** Cron steps: when they fire, what became of the last firings, fire one now, pause. */
import { useMemo } from 'react';
import type { Schemas } from '../../api/client';
import { useApi } from '../../api/queries';
import { StepLink } from '../../components/Ids';
import { SearchField } from '../../components/Inputs';
import { Page } from '../../components/Page';
import { StateBadge } from '../../components/StateBadge';
import { Empty, Failed, Loading } from '../../components/States';
import { type Column, Table } from '../../components/Table';
import { Time } from '../../components/Time';
import { useFilters } from '../../lib/location';
import { CronActs } from './CronActs';
import { CronDetail } from './CronDetail';
import { Result } from './Outcome';

export type CronStep = Schemas['CronView'];

export default function Screen() {
  const [filters, set] = useFilters();
  const cron = useApi('/v1/cron', { live: ['manifest', 'step', 'run'], everyMs: 1_000 });
  const text = (filters.text ?? '').toLowerCase();
  const rows = useMemo(
    () => (cron.data?.cron ?? []).filter((step) => `${step.id} ${step.words}`.toLowerCase().includes(text)),
    [cron.data, text],
  );
  const current = rows.find((step) => step.id === filters.step) ?? rows[0];
  return (
    <Page
      title="Cron"
      filters={
        <SearchField label="Step or schedule" value={filters.text ?? ''} onChange={(next) => set({ text: next })} />
      }
    >
      {cron.error !== null && <Failed error={cron.error} retry={() => void cron.refetch()} />}
      {cron.data === undefined ? (
        cron.isPending && <Loading what="cron steps" />
      ) : (
        <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
          <Table
            label="Cron steps"
            columns={COLUMNS}
            rows={rows}
            rowId={(step) => step.id}
            rowHeight={52}
            open={(step) => set({ step: step.id })}
            current={current?.id}
            empty={
              text === '' ? (
                <Empty title="This project has no cron steps.">
                  A step declared with <code>cron</code> and a schedule appears here.
                </Empty>
              ) : (
                <Empty title="No cron step fits this text." />
              )
            }
          />
          {current !== undefined && <CronDetail key={current.id} step={current} />}
        </div>
      )}
    </Page>
  );
}

const COLUMNS: readonly Column<CronStep>[] = [
  {
    id: 'step',
    title: 'Step',
    width: 'minmax(110px, 1fr)',
    cell: (step) => (
      <span className="flex items-center gap-2">
        <StepLink id={step.id} />
        {step.paused && <StateBadge state="paused" />}
      </span>
    ),
  },
  {
    id: 'schedule',
    title: 'Schedule',
    width: 'minmax(150px, 2fr)',
    cell: (step) => (
      <div className="min-w-0">
        <div className="truncate" title={step.words}>
          {step.error === '' ? wordsOf(step) : <span className="text-bad">{step.error}</span>}
        </div>
        <div className="truncate text-xs text-muted">
          <code>{step.schedule}</code> · {step.timezone}
        </div>
      </div>
    ),
  },
  {
    id: 'next',
    title: 'Next',
    width: '68px',
    align: 'right',
    cell: (step) =>
      step.next_at === null || step.paused ? <span className="text-muted">–</span> : <Time at={step.next_at} />,
  },
  {
    id: 'last',
    title: 'Last',
    width: '170px',
    cell: (step) =>
      step.last === null ? (
        <span className="text-muted">not yet</span>
      ) : (
        <span className="flex items-center gap-2">
          <Result fire={step.last} />
          <Time at={step.last.fired_at} />
        </span>
      ),
  },
  {
    id: 'act',
    title: <span className="sr-only">Act</span>,
    width: '72px',
    align: 'right',
    cell: (step) => <CronActs step={step} isShort />,
  },
];

/** The words without the zone, which stands beside them. */
function wordsOf(step: CronStep): string {
  const zone = ` (${step.timezone})`;
  return step.words.endsWith(zone) ? step.words.slice(0, -zone.length) : step.words;
}
