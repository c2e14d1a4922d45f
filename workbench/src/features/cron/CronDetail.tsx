/** One cron step: its rules, the next ten instants in its zone, the last firings with their runs. */
import { Hand } from 'lucide-react';
import { Facts } from '../../components/Facts';
import { RunLink, StepLink } from '../../components/Ids';
import { Time } from '../../components/Time';
import { instant } from '../../lib/format';
import { CronActs } from './CronActs';
import type { CronStep } from './index';
import { Result } from './Outcome';
import { zoned } from './zoned';

const CATCH_UP: Record<string, string> = {
  none: 'instants missed while no engine ran are left out',
  latest: 'the latest missed instant fires once',
  all: 'each missed instant fires',
};
const OVERLAP: Record<string, string> = {
  skip: 'skips while the run before is not finished',
  queue: 'waits for the run before',
  allow: 'runs beside the run before',
};

export function CronDetail({ step }: { step: CronStep }) {
  return (
    <aside
      aria-label={`Cron step ${step.id}`}
      className="flex w-full shrink-0 flex-col gap-4 overflow-auto border-t border-line bg-panel p-4 max-lg:max-h-[50%] lg:w-[400px] lg:border-l lg:border-t-0"
    >
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="mr-auto font-medium">
          <StepLink id={step.id} />
        </h2>
        <CronActs step={step} />
      </div>
      {step.error !== '' && (
        <p role="alert" className="rounded-md border border-bad bg-bad-soft p-2 text-sm text-bad">
          {step.error}
        </p>
      )}
      <p>{step.words}</p>
      <Facts
        facts={[
          ['Expression', <code key="expression">{step.schedule}</code>],
          ['Zone', step.timezone],
          ['Catch-up', <Rule key="catch-up" name={step.catch_up} means={CATCH_UP[step.catch_up]} />],
          ['Overlap', <Rule key="overlap" name={step.overlap} means={OVERLAP[step.overlap]} />],
        ]}
      />
      <section>
        <h3 className="mb-1 text-xs font-medium text-muted">
          {step.paused ? 'Next firings: their runs wait while it is paused' : 'Next firings'}
        </h3>
        <ol className="divide-y divide-line rounded-md border border-line text-sm empty:hidden">
          {step.upcoming_at.map((at) => (
            <li key={at} className="flex justify-between px-2.5 py-1">
              <span className="tabular-nums">{zoned(instant(at), step.timezone)}</span>
              <span className="text-muted">
                <Time at={at} />
              </span>
            </li>
          ))}
        </ol>
        {step.upcoming_at.length === 0 && <p className="text-sm text-muted">It never fires again.</p>}
      </section>
      <section>
        <h3 className="mb-1 text-xs font-medium text-muted">Last firings</h3>
        <ol className="divide-y divide-line rounded-md border border-line text-sm empty:hidden">
          {step.fires.map((fire) => (
            <li
              key={`${fire.instant_at} ${fire.run}`}
              className="grid grid-cols-[94px_minmax(0,1fr)_74px] items-center gap-2 px-2.5 py-1"
            >
              <span>
                <Result fire={fire} />
              </span>
              <span className="truncate" title={fire.reason}>
                {fire.run ? (
                  <>
                    <RunLink id={fire.run} />
                    {fire.outcome === 'manual' && (
                      <Hand size={13} aria-label="by hand" className="ml-1.5 inline text-muted" />
                    )}
                  </>
                ) : (
                  <span className="text-muted">{fire.reason || 'no run'}</span>
                )}
              </span>
              <span className="text-right text-muted">
                <Time at={fire.instant_at} />
              </span>
            </li>
          ))}
        </ol>
        {step.fires.length === 0 && <p className="text-sm text-muted">It has not fired since it was first loaded.</p>}
      </section>
    </aside>
  );
}

function Rule({ name, means }: { name: string; means: string | undefined }) {
  return (
    <span title={means} className={means === undefined ? '' : 'cursor-help underline decoration-dotted'}>
      {name}
    </span>
  );
}
