/** One language: its processes, its steps, its faults. */
import { Link } from 'wouter';
import { StepLink } from '../../components/Ids';
import { Panel } from '../../components/Page';
import { counted } from '../../lib/format';
import { linkTo } from '../../lib/location';
import { FaultList } from './FaultList';
import type { Fleet } from './fleets';
import { LESSER, WorkerRow } from './WorkerRow';

const NAMES: Record<string, string> = { python: 'Python', node: 'JavaScript and TypeScript', ruby: 'Ruby' };
const HEADS = ['Process', 'State', 'Lane', 'In flight', 'Memory', 'Restarts', 'Up for', ''];

export function FleetPanel({ fleet }: { fleet: Fleet }) {
  const { language, workers, steps, faults } = fleet;
  const title = language === '' ? 'Other files' : (NAMES[language] ?? language);
  return (
    <Panel
      title={fleet.runtime === '' ? title : `${title} · ${fleet.runtime}`}
      actions={
        <>
          <span className="text-xs text-muted">
            {counted(steps.length, 'step')}
            {faults.length > 0 && <span className="ml-2 text-bad">{counted(faults.length, 'fault')}</span>}
          </span>
          <Link href={linkTo('/logs', { source: 'stderr' })} className="text-xs text-accent hover:underline">
            Standard error
          </Link>
        </>
      }
    >
      {workers.length > 0 ? (
        <div className="overflow-x-auto">
          <table className="w-full text-sm" aria-label={`${title} workers`}>
            <thead>
              <tr className="border-b border-line text-left text-xs text-muted">
                {HEADS.map((head, at) => (
                  <th
                    key={head}
                    scope="col"
                    className={`whitespace-nowrap px-2 py-1.5 font-medium first:pl-3 last:pr-3 ${at >= 3 ? 'text-right' : ''} ${head === 'Lane' ? LESSER : ''}`}
                  >
                    {head === '' ? <span className="sr-only">Act</span> : head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {workers.map((worker) => (
                <WorkerRow key={worker.name} worker={worker} />
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        language !== '' && (
          <p className="p-3 text-sm text-warn">
            No process of this language runs, so its steps wait. Is its runtime installed? Config has what the doctor
            found.
          </p>
        )
      )}
      {faults.length > 0 && <FaultList faults={faults} steps={steps} />}
      {steps.length > 0 && (
        <details className="border-t border-line">
          <summary className="cursor-pointer px-3 py-2 text-sm text-muted hover:text-ink">
            Loaded: {counted(steps.length, 'step')} of{' '}
            {counted(new Set(steps.map((step) => step.source.file)).size, 'file')}
          </summary>
          <ul className="grid gap-x-6 gap-y-1 px-3 pb-3 text-sm sm:grid-cols-2">
            {steps.map((step) => (
              <li key={step.id} className="flex min-w-0 items-baseline gap-2">
                <StepLink id={step.id} />
                <span className="text-xs text-muted">{step.kind}</span>
                <span className="ml-auto truncate font-mono text-xs text-muted">
                  {step.source.file}:{step.source.line}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}
