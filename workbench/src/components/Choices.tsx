/** Filters that several lists share: which step, which time. They live in the address. */
import { useStepList } from '../api/catalog';
import type { Filters } from '../lib/location';
import { fromField, RANGES, toField } from '../lib/range';
import { Select } from './Inputs';

interface Props {
  filters: Filters;
  set: (change: Filters) => void;
}

export function StepChoice({ filters, set }: Props) {
  const steps = useStepList() ?? [];
  const chosen = filters.step ?? '';
  const known = steps.map((step) => step.id);
  const ids = chosen !== '' && !known.includes(chosen) ? [chosen, ...known] : known;
  return (
    <Select
      label="Step"
      value={chosen}
      onChange={(step) => set({ step })}
      options={[['', 'All steps'], ...ids.map((id) => [id, id] as const)]}
    />
  );
}

const EXACT = 'exact';

export function RangeChoice({ filters, set }: Props) {
  const isExact = filters.since !== undefined || filters.until !== undefined || filters.range === EXACT;
  const choose = (range: string) => set({ range, since: undefined, until: undefined });
  return (
    <>
      <Select
        label="Time"
        value={isExact ? EXACT : (filters.range ?? '')}
        onChange={choose}
        options={[['', 'Any time'], ...RANGES.map(([id, title]) => [id, title] as const), [EXACT, 'From … to …']]}
      />
      {isExact && (
        <>
          <Moment label="From" value={filters.since} onChange={(since) => set({ since, range: EXACT })} />
          <Moment label="To" value={filters.until} onChange={(until) => set({ until, range: EXACT })} />
        </>
      )}
    </>
  );
}

function Moment({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  return (
    <input
      type="datetime-local"
      aria-label={label}
      value={toField(value)}
      onChange={(event) => onChange(fromField(event.target.value))}
      className="rounded-md border border-line bg-page px-2 py-[3px] text-sm"
    />
  );
}

/** A filter that came with a link and has no field of its own; a click takes it away. */
export function FilterChip({ name, value, clear }: { name: string; value: string; clear: () => void }) {
  return (
    <button
      type="button"
      onClick={clear}
      title="Remove this filter"
      className="inline-flex max-w-64 items-center gap-1 rounded-full border border-line bg-accent-soft px-2 py-0.5 text-xs"
    >
      <span className="text-muted">{name}</span>
      <span className="truncate font-mono">{value}</span>
      <span aria-hidden>×</span>
    </button>
  );
}
