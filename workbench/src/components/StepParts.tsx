/** Parts of what is shown of a step, in the side panel of the flow and on its own screen. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { type Graph, languageOf, type StepView } from '../api/catalog';
import { plainDuration } from '../lib/format';
import { linkTo } from '../lib/location';
import { type Fact, Facts } from './Facts';
import { SourceLink, StepLink } from './Ids';
import { KindWord, Method } from './Kind';
import { SchemaTable } from './SchemaTable';

/** Kind, language, place, what reaches it. */
export function StepIdentity({ step }: { step: StepView }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
      <KindWord kind={step.kind} />
      <span>{languageOf(step)}</span>
      {step.method !== undefined && step.method !== '' && (
        <span className="flex items-center gap-1.5">
          <Method method={step.method} />
          <code className="font-mono text-[13px]">{step.path}</code>
        </span>
      )}
      {step.schedule !== undefined && step.schedule !== '' && (
        <span>
          <code className="font-mono text-[13px]">{step.schedule}</code>{' '}
          <span className="text-muted">{step.timezone}</span>
        </span>
      )}
      <SourceLink step={step.id} file={step.source.file} line={step.source.line} />
      {(step.flows ?? []).map((flow) => (
        <Link
          key={flow}
          href={linkTo('/flow', { flow })}
          className="rounded-full border border-line px-2 text-xs hover:bg-raised"
        >
          {flow}
        </Link>
      ))}
    </div>
  );
}

const TIMEOUT_MS: Record<string, number> = { api: 30_000, event: 300_000, cron: 900_000, noop: 300_000 };

/** The options that matter for its kind, those left at their defaults too. */
export function StepOptions({ step }: { step: StepView }) {
  const facts: Fact[] = [
    ['Timeout', plainDuration(step.timeout_ms ?? TIMEOUT_MS[step.kind] ?? 0)],
    ['On failure', step.on_error ? <StepLink key="error" id={step.on_error} /> : null],
  ];
  if (step.kind === 'event' || step.kind === 'noop') {
    const backoff = step.backoff ?? { initial_ms: 1_000, factor: 2, cap_ms: 60_000, jitter: true };
    facts.push(
      ['Retries', `${step.retries ?? 3}`],
      ['Backoff', `${plainDuration(backoff.initial_ms)} × ${backoff.factor}, at most ${plainDuration(backoff.cap_ms)}`],
      ['Concurrency', concurrencyOf(step)],
      ['Ordered by', step.key ? `${step.key} (dead: ${step.on_dead ?? 'skip'})` : 'nothing'],
      ['Queue holds at most', step.queue_depth ? `${step.queue_depth} runs` : null],
    );
  }
  if (step.kind === 'cron')
    facts.push(['Missed firings', step.catch_up ?? 'latest'], ['While it still runs', step.overlap ?? 'skip']);
  return <Facts facts={facts} />;
}

function concurrencyOf(step: StepView): string {
  if (!step.concurrency) return 'not bounded';
  return `${step.concurrency.limit} at once${step.concurrency.key ? ` per ${step.concurrency.key}` : ''}`;
}

const PARTS = [
  ['params', 'Path parameters'],
  ['query', 'Query'],
  ['headers', 'Headers'],
  ['body', 'Body'],
  ['response', 'Answer'],
] as const;

/** Every schema that it has, as tables. */
export function StepSchemas({ step, empty }: { step: StepView; empty?: ReactNode }) {
  const named: [string, unknown][] = PARTS.map(([part, title]) => [title, step.request?.[part]]);
  const all: [string, unknown][] = [...named, ['Payload', step.schema]];
  const known = all.filter(([, schema]) => schema !== undefined && schema !== null);
  if (known.length === 0)
    return <>{empty ?? <p className="px-3 py-3 text-sm text-muted">It has no schema: it takes anything.</p>}</>;
  return (
    <>
      {known.map(([title, schema]) => (
        <div key={title}>
          <h3 className="bg-raised px-3 py-1 text-xs font-medium">{title}</h3>
          <SchemaTable schema={schema} label={`${title} of ${step.id}`} />
        </div>
      ))}
      {step.worker_validates && (
        <p className="px-3 py-1.5 text-xs text-muted">The step's own code decides what fits; this describes it.</p>
      )}
    </>
  );
}

interface Wire {
  id: string;
  how: string;
}

/** What makes it run and what it makes run, with how that is known. */
export function StepWiring({ id, graph, topics }: { id: string; graph: Graph | undefined; topics: readonly string[] }) {
  const incoming = wires(graph, (edge) => edge.target === id, 'source');
  const outgoing = wires(graph, (edge) => edge.source === id, 'target');
  const steps = new Set(graph?.nodes.filter((node) => node.kind !== 'parked').map((node) => node.id));
  return (
    <div className="grid grid-cols-1 gap-4 p-3 text-sm sm:grid-cols-2">
      <Wires title="Triggered by" wires={incoming} steps={steps} empty="No step triggers it.">
        {topics.length > 0 && <p className="text-muted">Topics: {topics.join(', ')}</p>}
      </Wires>
      <Wires title="Triggers" wires={outgoing} steps={steps} empty="It triggers nothing." />
    </div>
  );
}

function wires(
  graph: Graph | undefined,
  fits: (edge: Graph['edges'][number]) => boolean,
  end: 'source' | 'target',
): Wire[] {
  const known = new Map<string, Set<string>>();
  for (const edge of graph?.edges ?? []) {
    if (!fits(edge)) continue;
    const how = known.get(edge[end]) ?? new Set<string>();
    for (const kind of edge.kinds) how.add(kind.replace('_', ' '));
    if (edge.via) how.add(`topic ${edge.via}`);
    known.set(edge[end], how);
  }
  return [...known].map(([id, how]) => ({ id, how: [...how].filter((one) => one !== 'topic').join(', ') }));
}

function Wires({
  title,
  wires: all,
  steps,
  empty,
  children,
}: {
  title: string;
  wires: readonly Wire[];
  steps: ReadonlySet<string>;
  empty: string;
  children?: ReactNode;
}) {
  return (
    <div className="min-w-0">
      <h3 className="mb-1 text-xs font-medium text-muted">{title}</h3>
      <ul className="flex flex-col gap-1">
        {all.map((wire) => (
          <li key={wire.id} className="flex flex-wrap items-baseline gap-x-2">
            {steps.has(wire.id) ? <StepLink id={wire.id} /> : <span>{wire.id} (no step handles it)</span>}
            <span className="text-xs text-muted">{wire.how}</span>
          </li>
        ))}
      </ul>
      {all.length === 0 && <p className="text-muted">{empty}</p>}
      {children}
    </div>
  );
}
