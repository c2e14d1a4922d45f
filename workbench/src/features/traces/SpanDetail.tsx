/** What the chosen span did: times, error, log lines, and input and output of its run. */

import { X } from 'lucide-react';
import { useLocation } from 'wouter';
import { useApi } from '../../api/queries';
import { type Fact, Facts } from '../../components/Facts';
import { RunLink, StepLink } from '../../components/Ids';
import { InstanceLinks } from '../../components/InstanceLinks';
import { CopyButton, Json } from '../../components/Json';
import { LogLines } from '../../components/LogLines';
import { Panel } from '../../components/Page';
import { RunActs } from '../../components/RunActs';
import { ErrorBox } from '../../components/Stack';
import { StateBadge } from '../../components/StateBadge';
import { Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { triggerFacts } from '../../components/TriggerFacts';
import { WhyText } from '../../components/WhyText';
import { printJson } from '../../lib/exact';
import { duration } from '../../lib/format';
import { PART_LOOKS } from './Legend';
import type { Row } from './waterfall';

export function SpanDetail({ row, startedMs, close }: { row: Row; startedMs: number; close: () => void }) {
  const span = row.span;
  const facts: Fact[] = [
    ['Step', <StepLink key="step" id={row.step} />],
    ['Run', row.run && <RunLink key="run" id={row.run} />],
    [row.kind === 'request' ? 'Status' : 'Outcome', row.outcome],
    ['Attempt', row.kind === 'attempt' || row.kind === 'run' ? row.attempt : null],
    ['Started', <Time key="started" at={Math.round(startedMs + row.fromUs / 1_000)} />],
    ['Offset', `+${duration(row.fromUs / 1_000)}`],
    [row.isOpen ? 'So far' : 'Duration', duration(row.durationUs / 1_000)],
    ...row.parts.map((part): Fact => [PART_LOOKS[part.kind].title, duration(part.durationUs / 1_000)]),
  ];
  return (
    <section aria-label={`Span ${row.name}`} className="flex flex-col">
      <header className="sticky top-0 z-10 flex items-center gap-2 border-b border-line bg-panel px-3 py-2">
        <h2 className="min-w-0 flex-1 truncate text-sm font-medium">{row.name}</h2>
        <button
          type="button"
          onClick={close}
          aria-label="Close the span"
          className="rounded p-1 text-muted hover:bg-raised"
        >
          <X size={15} aria-hidden />
        </button>
      </header>
      <div className="flex flex-col gap-3 p-3">
        <Facts facts={facts} />
        {span?.error_name && (
          <ErrorBox
            error={{ name: span.error_name, message: span.error_message ?? '', stack: span.error_stack ?? '' }}
            step={row.step}
          />
        )}
        {span !== null && span.fields !== null && (
          <Panel title="Fields">
            <div className="p-3">
              <Json value={span.fields} />
            </div>
          </Panel>
        )}
        {row.run !== null && <RunOfSpan id={row.run} />}
        {row.logs.length > 0 && (
          <Panel title={`Log lines · ${row.logs.length}`}>
            <LogLines lines={row.logs} from={startedMs} />
          </Panel>
        )}
      </div>
    </section>
  );
}

function RunOfSpan({ id }: { id: string }) {
  const [, navigate] = useLocation();
  const { data: run, error } = useApi('/v1/runs/{run}', {
    params: { run: id },
    live: ['run'],
    fits: (item) => item.data.run === id,
    everyMs: 200,
  });
  if (run === undefined) return error === null ? <Loading what="the run" /> : <Failed error={error} />;
  if (run.id !== id) return <Loading what="the run" />;
  return (
    <>
      <div className="flex flex-wrap items-center gap-1.5">
        <StateBadge state={run.state} />
        <RunActs
          run={run}
          isNoop={run.why?.code === 'outside'}
          onReplayed={(made) => navigate(`/traces/${made.trace}`)}
        />
      </div>
      {run.why !== null && run.finished_at === null && (
        <p className="break-words text-sm text-muted">
          <WhyText text={run.why.text} />
        </p>
      )}
      {(run.info !== null || run.instances.length > 0) && (
        <Facts
          facts={[
            ...triggerFacts(run.info),
            [
              'Workflow',
              run.instances.length === 0 ? null : <InstanceLinks key="instances" instances={run.instances} />,
            ],
          ]}
        />
      )}
      <Value title="Input" value={run.payload} />
      {run.result !== null && <Value title="Output" value={run.result} />}
    </>
  );
}

function Value({ title, value }: { title: string; value: unknown }) {
  return (
    <Panel title={title} actions={<CopyButton text={() => printJson(value, 2)} />}>
      <div className="max-h-72 overflow-auto p-3">
        <Json value={value} />
      </div>
    </Panel>
  );
}
