/** The tries of a run that did not complete it, and what became of each. */
import { useState } from 'react';
import type { RunDetail } from '../../api/client';
import { Panel } from '../../components/Page';
import { ErrorBox } from '../../components/Stack';
import { Time } from '../../components/Time';
import { duration, instant } from '../../lib/format';

type Attempt = RunDetail['attempts'][number];

export function Attempts({ run }: { run: RunDetail }) {
  return (
    <Panel title={`Attempts that failed · ${run.attempts.length}`}>
      <ol>
        {run.attempts.map((attempt, at) => (
          <Row key={attempt.attempt} attempt={attempt} step={run.step} next={run.attempts[at + 1]} />
        ))}
      </ol>
    </Panel>
  );
}

function Row({ attempt, step, next }: { attempt: Attempt; step: string; next: Attempt | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const pauseMs = next === undefined ? null : instant(next.started_at) - instant(attempt.finished_at);
  return (
    <li className="border-b border-line px-3 py-1.5 text-sm last:border-0">
      <button
        type="button"
        aria-expanded={isOpen}
        disabled={attempt.error === null}
        onClick={() => setOpen(!isOpen)}
        className="grid w-full grid-cols-[24px_84px_84px_minmax(0,1fr)_auto] items-center gap-2 text-left"
      >
        <span className="tabular-nums text-muted">#{attempt.attempt}</span>
        <span>{attempt.outcome.replaceAll('_', ' ')}</span>
        <span className="text-right tabular-nums">
          {duration(Math.max(instant(attempt.finished_at) - instant(attempt.started_at), 0))}
        </span>
        <span className="truncate text-muted">
          {attempt.error !== null && `${attempt.error.name}: ${attempt.error.message}`}
        </span>
        <span className="text-xs text-muted">
          <Time at={attempt.started_at} />
        </span>
      </button>
      {pauseMs !== null && <p className="pl-8 text-xs text-muted">then {duration(Math.max(pauseMs, 0))} of pause</p>}
      {isOpen && attempt.error !== null && (
        <div className="mt-2">
          <ErrorBox error={attempt.error} step={step} />
        </div>
      )}
    </li>
  );
}
