/** Replay or cancel many runs: first what it would be, then how far it is; it can be stopped. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiError, RunView, Schemas } from '../../api/client';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { SearchedBack } from '../../components/SearchedBack';
import { StateBadge } from '../../components/StateBadge';
import { Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { count } from '../../lib/format';
import { type Progress, preview, useBulk, type What } from './bulk';
import { type Act, FINAL, noteOf, OPEN, type Selection, type State, statesFor } from './query';

export type Scope = { runs: readonly RunView[] } | { selection: Selection; states: readonly State[] };

export function BulkDialog({ act, scope, close }: { act: Act; scope: Scope; close: () => void }) {
  const allowed = act === 'replay' ? FINAL : OPEN;
  const [states, setStates] = useState<readonly State[]>('runs' in scope ? allowed : statesFor(act, scope.states));
  const fitting = 'runs' in scope ? scope.runs.filter((run) => allowed.includes(run.state as State)) : [];
  const leftOut = 'runs' in scope ? scope.runs.length - fitting.length : 0;
  const what: What = 'runs' in scope ? { ids: fitting.map((run) => run.id) } : { selection: scope.selection, states };
  const { progress, go, stop } = useBulk(act);
  const isIdle = progress.status === 'idle';
  const found = useQuery<Schemas['BulkView'], ApiError>({
    queryKey: ['bulk', act, what],
    queryFn: () => preview(act, what),
    enabled: isIdle && states.length > 0,
    gcTime: 0,
  });
  const total = states.length === 0 ? 0 : (found.data?.count ?? 0);
  const verb = act === 'replay' ? 'Replay' : 'Cancel';

  return (
    <Dialog title={`${verb} many runs`} isOpen close={progress.status === 'going' ? stop : close} isWide>
      <div className="flex flex-col gap-3 text-sm">
        {isIdle && !('runs' in scope) && (
          <StateChoice allowed={allowed} chosen={states} choose={setStates} counts={found.data?.by_state ?? {}} />
        )}
        {leftOut > 0 && (
          <p className="rounded bg-warn-soft px-2 py-1 text-warn">
            {count(leftOut)} of the chosen {leftOut === 1 ? 'is' : 'are'} left out:{' '}
            {act === 'replay' ? 'only finished runs are replayed.' : 'only open runs can be cancelled.'}
          </p>
        )}
        {isIdle && found.isError && <Failed error={found.error} />}
        {isIdle && found.isFetching && found.data === undefined && <Loading what="the preview" />}
        {isIdle && found.data !== undefined && states.length > 0 && <Sample sample={found.data.sample} total={total} />}
        {isIdle && <SearchedBack from={found.data?.searched_from_at} />}
        {!isIdle && <Going progress={progress} total={total} act={act} />}
        <div className="flex justify-end gap-2">
          {isIdle ? (
            <>
              <Button onClick={close}>Not now</Button>
              <Button
                look={act === 'replay' ? 'primary' : 'danger'}
                disabled={total === 0}
                onClick={() => void go(what)}
              >
                {verb} {count(total)} {total === 1 ? 'run' : 'runs'}
              </Button>
            </>
          ) : progress.status === 'going' ? (
            <Button onClick={stop}>Stop</Button>
          ) : (
            <Button look="primary" onClick={close}>
              Close
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function StateChoice({
  allowed,
  chosen,
  choose,
  counts,
}: {
  allowed: readonly State[];
  chosen: readonly State[];
  choose: (states: readonly State[]) => void;
  counts: Record<string, number>;
}) {
  return (
    <fieldset className="flex flex-wrap items-center gap-3">
      <legend className="mb-1 text-muted">Of the runs that fit the filters of the list, those that are</legend>
      {allowed.map((state) => (
        <label key={state} className="flex items-center gap-1.5">
          <input
            type="checkbox"
            checked={chosen.includes(state)}
            onChange={() => choose(chosen.includes(state) ? chosen.filter((one) => one !== state) : [...chosen, state])}
          />
          <StateBadge state={state} />
          {chosen.includes(state) && <span className="tabular-nums text-muted">{count(counts[state] ?? 0)}</span>}
        </label>
      ))}
    </fieldset>
  );
}

function Sample({ sample, total }: { sample: readonly RunView[]; total: number }) {
  if (total === 0) return <p className="text-muted">No run fits. Nothing would be done.</p>;
  return (
    <div>
      <p className="mb-1 text-muted">
        {sample.length < total ? `The newest ${sample.length} of ${count(total)}:` : 'These:'}
      </p>
      <ul className="max-h-[40vh] overflow-auto rounded-md border border-line">
        {sample.map((run) => (
          <li
            key={run.id}
            className="grid grid-cols-[100px_1fr_2fr_80px] items-center gap-2 border-b border-line px-2 py-1 last:border-0"
          >
            <span>
              <StateBadge state={run.state} />
            </span>
            <span className="truncate">{run.step}</span>
            <span className="truncate text-muted" title={noteOf(run)}>
              {noteOf(run)}
            </span>
            <Time at={run.created_at} />
          </li>
        ))}
      </ul>
    </div>
  );
}

const WORDS: Record<Progress['status'], string> = {
  idle: '',
  going: 'Going on…',
  done: 'Done.',
  stopped: 'Stopped. What is done stays done.',
  broken: 'It broke off.',
};

function Going({ progress, total, act }: { progress: Progress; total: number; act: Act }) {
  const met = progress.done + progress.failed;
  return (
    <div className="flex flex-col gap-2" role="status">
      <progress
        className="h-2 w-full accent-(--accent)"
        max={Math.max(total, met, 1)}
        value={met}
        aria-label="Progress"
      />
      <p>
        {WORDS[progress.status]} {count(progress.done)} {act === 'replay' ? 'replayed' : 'cancelled'}
        {progress.failed > 0 && `, ${count(progress.failed)} refused`} of {count(Math.max(total, met))}.
      </p>
      {progress.status === 'broken' && <p className="text-bad">{String((progress.error as Error).message)}</p>}
      {progress.failures.length > 0 && (
        <ul className="max-h-40 overflow-auto rounded-md border border-line px-2 py-1 text-xs">
          {progress.failures.map((failure) => (
            <li key={failure.run}>
              <span className="font-mono">{failure.run}</span> {failure.message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
