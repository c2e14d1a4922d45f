/** Replay or cancel many runs: those that fit the filters of the list, in chosen states, or those that were picked. */
import { useState } from 'react';
import type { RunView } from '../../api/client';
import { BulkDialog as Bulk } from '../../components/BulkDialog';
import { StateBadge } from '../../components/StateBadge';
import { count } from '../../lib/format';
import { type Act, FINAL, OPEN, type Selection, type State, statesFor } from './query';

export type Scope = { runs: readonly RunView[] } | { selection: Selection; states: readonly State[] };

export function BulkDialog({ act, scope, close }: { act: Act; scope: Scope; close: () => void }) {
  const isReplay = act === 'replay';
  const allowed = isReplay ? FINAL : OPEN;
  const [states, setStates] = useState<readonly State[]>('runs' in scope ? allowed : statesFor(act, scope.states));
  const picked = 'runs' in scope ? scope.runs : [];
  const fitting = picked.filter((run) => allowed.includes(run.state as State));
  const leftOut = picked.length - fitting.length;
  // With no state chosen no run is meant; the API would take its usual states.
  const isByFilter = !('runs' in scope) && states.length > 0;
  const where = isByFilter ? { ...scope.selection, state: states } : { ids: fitting.map((run) => run.id) };

  return (
    <Bulk
      title={isReplay ? 'Replay many runs' : 'Cancel many runs'}
      verb={isReplay ? 'Replay' : 'Cancel'}
      past={isReplay ? 'Replayed' : 'Cancelled'}
      look={isReplay ? 'primary' : 'danger'}
      task={{ path: isReplay ? '/v1/runs/replay' : '/v1/runs/cancel', where }}
      close={close}
    >
      {({ isRunning, preview }) => (
        <>
          {!('runs' in scope) && !isRunning && (
            <StateChoice allowed={allowed} chosen={states} choose={setStates} counts={preview?.by_state ?? {}} />
          )}
          {leftOut > 0 && (
            <p className="rounded bg-warn-soft px-2 py-1 text-warn">
              {count(leftOut)} of the chosen {leftOut === 1 ? 'is' : 'are'} left out:{' '}
              {isReplay ? 'only finished runs are replayed.' : 'only open runs can be cancelled.'}
            </p>
          )}
        </>
      )}
    </Bulk>
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
