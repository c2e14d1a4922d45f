/** One step: what it is, how it does, what it is wired to, its source. */
import { GitFork } from 'lucide-react';
import { Link } from 'wouter';
import { useStep } from '../../api/catalog';
import { useApi } from '../../api/queries';
import { Page } from '../../components/Page';
import { Prose } from '../../components/Prose';
import { Empty, Failed, Loading } from '../../components/States';
import { StepActs } from '../../components/StepActs';
import { StepIdentity } from '../../components/StepParts';
import { linkTo, useFilters } from '../../lib/location';
import { SourceTab } from './SourceTab';
import { StepOverview } from './StepOverview';

const TABS = [
  ['overview', 'Overview'],
  ['source', 'Source'],
] as const;

export function StepScreen({ id }: { id: string }) {
  const [filters, set] = useFilters();
  const { data, error, refetch } = useStep(id, { everyMs: 400 });
  // A link to a line is a link to the source.
  const tab = filters.tab ?? (filters.line === undefined ? 'overview' : 'source');
  const line = Number.parseInt(filters.line ?? '', 10);
  const step = data?.step.id === id ? data.step : undefined;
  return (
    <Page
      title={id}
      kind="Step"
      actions={
        step !== undefined &&
        error === null && (
          <>
            {step.is_paused && (
              <span className="rounded bg-warn-soft px-2 py-0.5 text-sm font-medium text-warn">paused: runs wait</span>
            )}
            <Link
              href={linkTo('/flow', { step: id })}
              className="inline-flex items-center gap-1.5 rounded-md border border-line px-2.5 py-1 text-sm hover:bg-raised"
            >
              <GitFork size={14} aria-hidden /> In the flow
            </Link>
            <StepActs step={step} />
          </>
        )
      }
    >
      {error?.status === 404 ? (
        <Gone id={id} />
      ) : error !== null ? (
        <Failed error={error} retry={() => refetch()} />
      ) : step === undefined || data === undefined ? (
        <Loading what="the step" />
      ) : (
        <>
          <div className="flex flex-col gap-2 border-b border-line bg-panel px-4 pt-2">
            {step.description && (
              <p className="max-w-prose whitespace-pre-wrap text-sm">
                <Prose text={step.description} />
              </p>
            )}
            <StepIdentity step={step} />
            <Broken file={step.source.file} />
            <div role="tablist" aria-label="Parts of the step" className="flex gap-1">
              {TABS.map(([name, title]) => (
                <button
                  key={name}
                  type="button"
                  role="tab"
                  aria-selected={tab === name}
                  onClick={() => set({ tab: name, line: undefined })}
                  className={`-mb-px border-b-2 px-2 py-1.5 text-sm ${tab === name ? 'border-accent font-medium text-accent' : 'border-transparent text-muted hover:text-ink'}`}
                >
                  {title}
                </button>
              ))}
            </div>
          </div>
          {tab === 'source' ? (
            <SourceTab step={step} line={Number.isNaN(line) ? step.source.line : line} />
          ) : (
            <StepOverview step={step} topics={data.subscribers_of.filter((name) => name !== id)} />
          )}
        </>
      )}
    </Page>
  );
}

/** Its file does not load: what runs is not what is written. */
function Broken({ file }: { file: string }) {
  const { data } = useApi('/v1/faults', { live: ['manifest'], everyMs: 100 });
  const fault = data?.faults.find((one) => one.file === file && one.severity === 'error');
  if (fault === undefined) return null;
  return (
    <p role="alert" className="rounded-md border border-bad bg-bad-soft px-3 py-1.5 text-sm">
      <span className="font-medium text-bad">
        {fault.file}
        {fault.line > 0 && `:${fault.line}`} does not load: {fault.message}.
      </span>{' '}
      The version before it runs until it does.
    </p>
  );
}

/** There is no step of that name, or no more: what it did is still there. */
function Gone({ id }: { id: string }) {
  const look = 'text-accent hover:underline';
  return (
    <Empty title={`No step has the id ${id}.`}>
      It was removed or renamed, its file does not load, or nobody has written it yet. What it did is kept:{' '}
      <Link href={linkTo('/runs', { step: id })} className={look}>
        its runs
      </Link>{' '}
      and{' '}
      <Link href={linkTo('/logs', { step: id })} className={look}>
        its log lines
      </Link>
      .{' '}
      <Link href="/steps" className={look}>
        All steps
      </Link>
    </Empty>
  );
}
