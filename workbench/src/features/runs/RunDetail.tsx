/** One run with everything that is known of it, live. */

import { Braces, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link } from 'wouter';
import { useApi } from '../../api/queries';
import { StepLink } from '../../components/Ids';
import { CopyButton, Json } from '../../components/Json';
import { Panel } from '../../components/Page';
import { RunActs } from '../../components/RunActs';
import { ErrorBox } from '../../components/Stack';
import { StateBadge } from '../../components/StateBadge';
import { Failed, Loading } from '../../components/States';
import { printJson } from '../../lib/exact';
import { linkTo } from '../../lib/location';
import { useObjectTitle } from '../../lib/title';
import { Attempts } from './Attempts';
import { Children, Replays } from './Children';
import { RunFacts } from './RunFacts';
import { RunLogs } from './RunLogs';
import { WhyBox } from './WhyBox';

export function RunDetail({ id, close, follow }: { id: string; close: () => void; follow: (run: string) => void }) {
  const [isRaw, setRaw] = useState(false);
  const trace = useRef<string | undefined>(undefined);
  const waitsFor = useRef<unknown>(null);
  const replays = useRef<readonly string[]>([]);
  const {
    data: run,
    isPending,
    isError,
    error,
    refetch,
  } = useApi('/v1/runs/{run}', {
    params: { run: id },
    query: { raw: isRaw },
    live: ['run', 'instance', 'worker', 'step'],
    fits: (item) =>
      item.kind === 'instance'
        ? item.data.trace === trace.current
        : item.kind !== 'run' || concerns(item.data, [id, ...replays.current], waitsFor.current),
    everyMs: 150,
  });
  trace.current = run?.trace;
  waitsFor.current = run?.why?.details;
  replays.current = run?.replays.map((replay) => replay.id) ?? [];
  useObjectTitle(run === undefined ? `Run ${id}` : `${run.step} · Run ${id}`);
  if (isPending) return <Loading what="the run" />;
  if (isError) return <Failed error={error} retry={() => void refetch()} />;
  return (
    <article className="flex min-h-0 flex-1 flex-col" aria-label={`Run ${id}`}>
      <header className="flex flex-wrap items-center gap-2 border-b border-line bg-panel px-4 py-2">
        <StateBadge state={run.state} />
        <span className="min-w-0 truncate font-medium">
          <StepLink id={run.step} />
        </span>
        <span className="flex items-center font-mono text-[13px] text-muted">
          {run.id}
          <CopyButton label="Copy the id" text={() => run.id} isSmall />
        </span>
        <div className="ml-auto flex flex-wrap items-center gap-1.5">
          <CopyButton label="Copy as JSON" isSmall icon={Braces} text={() => printJson(run, 2)} />
          <RunActs run={run} isNoop={run.why?.code === 'outside'} onReplayed={(made) => follow(made.run)} />
          <button
            type="button"
            onClick={close}
            aria-label="Close the run"
            title="Close (Esc)"
            className="rounded p-1 text-muted hover:bg-raised"
          >
            <X size={16} aria-hidden />
          </button>
        </div>
      </header>
      <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-auto p-4">
        <WhyBox run={run} />
        {run.error !== null && <ErrorBox error={run.error} step={run.step} />}
        {run.fingerprint != null && (
          <p className="text-sm">
            <Link className="text-accent hover:underline" href={linkTo(`/errors/${run.fingerprint}`)}>
              All failures of this kind
            </Link>
          </p>
        )}
        <RunFacts run={run} />
        <Value title="Payload" value={run.payload} isRedacted={run.redacted} showAll={() => setRaw(true)} />
        {run.result !== null && <Value title="Result" value={run.result} />}
        <RunLogs run={run} />
        {run.attempts.length > 0 && <Attempts run={run} />}
        {run.replays.length > 0 && <Replays runs={run.replays} />}
        {run.children.length > 0 && <Children runs={run.children} />}
      </div>
    </article>
  );
}

/** Whether a change of some run may have changed this one, a replay of it, or why it waits. */
function concerns(data: Record<string, unknown>, ids: readonly string[], details: unknown): boolean {
  if (ids.includes(String(data.run))) return true;
  const { holders, holder } = (details ?? {}) as { holders?: unknown; holder?: unknown };
  return data.run === holder || (Array.isArray(holders) && holders.includes(data.run));
}

function Value({
  title,
  value,
  isRedacted = false,
  showAll,
}: {
  title: string;
  value: unknown;
  isRedacted?: boolean;
  showAll?: () => void;
}) {
  return (
    <Panel
      title={title}
      actions={
        <>
          {isRedacted && (
            <button type="button" className="text-xs text-accent hover:underline" onClick={showAll}>
              Secrets are hidden: show
            </button>
          )}
          <CopyButton text={() => printJson(value, 2)} />
        </>
      }
    >
      <div className="max-h-96 overflow-auto p-3">
        <Json value={value} />
      </div>
    </Panel>
  );
}
