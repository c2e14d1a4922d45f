/** Which lines: level, step, source and text by choice; a run or a trace by a link that led here. */
import { X } from 'lucide-react';
import { useApi } from '../../api/queries';
import { RunLink, TraceLink } from '../../components/Ids';
import { SearchField, Select } from '../../components/Inputs';
import type { Filters } from '../../lib/location';
import { LEVELS, type LogQuery } from './line';

const LEVEL_CHOICES = [
  ['', 'All levels'],
  ...LEVELS.slice(1).map((level) => [level, level === 'error' ? 'error only' : `${level} and above`] as const),
] as const;
const SOURCES = ['logger', 'print', 'logging', 'stderr', 'engine'];

export function LogFilters({ query, set }: { query: LogQuery; set: (change: Filters) => void }) {
  const steps = useApi('/v1/steps', { live: ['manifest'] });
  const ids = (steps.data?.steps ?? []).map((step) => String((step as { id?: unknown }).id));
  return (
    <>
      <SearchField label="Text in message or fields" value={query.text ?? ''} onChange={(text) => set({ text })} />
      <Select label="Level" value={query.level ?? ''} onChange={(level) => set({ level })} options={LEVEL_CHOICES} />
      <Select
        label="Step"
        value={query.step ?? ''}
        onChange={(step) => set({ step })}
        options={withChosen('All steps', ids, query.step)}
      />
      <Select
        label="Source"
        value={query.source ?? ''}
        onChange={(source) => set({ source })}
        options={withChosen('All sources', SOURCES, query.source)}
      />
      {query.run !== undefined && (
        <Chip name="run" remove={() => set({ run: '' })}>
          <RunLink id={query.run} />
        </Chip>
      )}
      {query.trace !== undefined && (
        <Chip name="trace" remove={() => set({ trace: '' })}>
          <TraceLink id={query.trace} />
        </Chip>
      )}
    </>
  );
}

function Chip({ name, remove, children }: { name: string; remove: () => void; children: React.ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5 rounded-md border border-line bg-raised px-2 py-0.5 text-sm">
      <span className="text-muted">{name}</span>
      {children}
      <button
        type="button"
        aria-label={`Lines of every ${name}`}
        onClick={remove}
        className="text-muted hover:text-ink"
      >
        <X size={13} aria-hidden />
      </button>
    </span>
  );
}

/** A choice that the address names stays one, also when the engine does not know it. */
function withChosen(all: string, known: readonly string[], chosen: string | undefined) {
  const names = chosen !== undefined && !known.includes(chosen) ? [...known, chosen] : known;
  return [['', all] as const, ...names.map((name) => [name, name] as const)];
}
