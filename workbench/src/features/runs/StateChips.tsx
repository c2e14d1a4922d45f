/** How many runs are in each state; a click filters by it, several at once. */
import { useApi } from '../../api/queries';
import { Chip } from '../../components/Chip';
import { StateBadge } from '../../components/StateBadge';
import { Time } from '../../components/Time';
import { count } from '../../lib/format';
import { chosenStates, type Selection, STATES, type State, toggled } from './query';

const CAP = 100_000;

export function StateChips({
  selection,
  filters,
  set,
}: {
  selection: Selection;
  filters: Record<string, string | undefined>;
  set: (change: { state: string }) => void;
}) {
  const { data } = useApi('/v1/runs/counts', { query: selection as never, live: ['run'], everyMs: 1_000 });
  const chosen = chosenStates(filters);
  const counts = data?.counts ?? {};
  const shown = STATES.filter((state) => (counts[state] ?? 0) > 0 || chosen.includes(state));
  const isPart = data?.searched_from_at != null;
  const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
  return (
    <div className="flex flex-wrap items-center gap-1.5" role="group" aria-label="States">
      <Chip isOn={chosen.length === 0} onClick={() => set({ state: '' })}>
        <span className="px-0.5 text-xs font-medium">all</span>
        <Amount value={total} isPart={isPart} />
      </Chip>
      {shown.map((state: State) => (
        <Chip key={state} isOn={chosen.includes(state)} onClick={() => set({ state: toggled(chosen, state) })}>
          <StateBadge state={state} />
          <Amount value={counts[state] ?? 0} isPart={isPart} />
        </Chip>
      ))}
      {data?.searched_from_at != null && (
        <span className="text-xs text-muted">
          counted back to <Time at={data.searched_from_at} />
        </span>
      )}
    </div>
  );
}

function Amount({ value, isPart }: { value: number; isPart: boolean }) {
  const isMore = isPart || value >= CAP;
  return (
    <span className="text-xs tabular-nums text-muted">
      {count(Math.min(value, CAP))}
      {isMore && '+'}
    </span>
  );
}
