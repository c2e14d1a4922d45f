/** A JSON value as a tree that opens and closes. Everything is text, never markup. */
import { Check, Copy, type LucideIcon } from 'lucide-react';
import { useState } from 'react';

const OPEN_DEPTH = 2;
const ITEMS_FIRST = 100;
const TEXT_FIRST = 2_000;
const PLAIN = /^[\p{L}\p{M}\p{N}_$@.-]+$/u;

export function Json({ value, name, depth = 0 }: { value: unknown; name?: string; depth?: number }) {
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH);
  const [isWhole, setWhole] = useState(false);
  const label = name === undefined ? null : <span className="text-info">{name}: </span>;
  if (typeof value !== 'object' || value === null) {
    return (
      <div className="font-mono text-[13px]">
        {label}
        <Scalar value={value} />
      </div>
    );
  }
  const entries = Object.entries(value);
  const [first, last] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) {
    return (
      <div className="font-mono text-[13px]">
        {label}
        {first}
        {last}
      </div>
    );
  }
  const shown = isWhole ? entries : entries.slice(0, ITEMS_FIRST);
  return (
    <div className="font-mono text-[13px]">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="rounded text-left hover:bg-raised"
      >
        <span className="inline-block w-4 text-muted" aria-hidden>
          {isOpen ? '▾' : '▸'}
        </span>
        {label}
        {first}
        {!isOpen && (
          <span className="text-muted">
            {' '}
            {entries.length} {entries.length === 1 ? 'entry' : 'entries'} {last}
          </span>
        )}
      </button>
      {isOpen && (
        <div className="ml-2 border-l border-line pl-3">
          {shown.map(([key, inner]) => (
            <Json key={key} name={Array.isArray(value) ? key : keyText(key)} value={inner} depth={depth + 1} />
          ))}
          {shown.length < entries.length && (
            <button type="button" className="text-accent" onClick={() => setWhole(true)}>
              {entries.length - shown.length} more
            </button>
          )}
        </div>
      )}
      {isOpen && <div>{last}</div>}
    </div>
  );
}

/** The name of a field, in quotes where it could not be told from what is around it. */
export function keyText(name: string): string {
  return PLAIN.test(name) ? name : JSON.stringify(name);
}

function Scalar({ value }: { value: unknown }) {
  const [isWhole, setWhole] = useState(false);
  if (typeof value !== 'string') return <span className="text-warn">{String(value)}</span>;
  const text = isWhole ? value : value.slice(0, TEXT_FIRST);
  return (
    <span className="whitespace-pre-wrap break-words text-good">
      {JSON.stringify(text)}
      {text.length < value.length && (
        <button type="button" className="ml-1 text-accent" onClick={() => setWhole(true)}>
          {value.length - text.length} characters more
        </button>
      )}
    </span>
  );
}

export function CopyButton({
  text,
  label = 'Copy',
  isSmall = false,
  icon = Copy,
}: {
  text: () => string;
  label?: string;
  icon?: LucideIcon;
  /** The sign alone; `label` is said on hover. */
  isSmall?: boolean;
}) {
  const [isDone, setDone] = useState(false);
  const Icon = isDone ? Check : icon;
  return (
    <button
      type="button"
      onClick={async () => {
        await navigator.clipboard.writeText(text());
        setDone(true);
        setTimeout(() => setDone(false), 1_500);
      }}
      title={isSmall ? label : undefined}
      className={`inline-flex items-center gap-1 rounded text-xs text-muted hover:bg-raised hover:text-ink ${isSmall ? 'p-1' : 'px-1.5 py-0.5'}`}
    >
      <Icon size={13} aria-hidden />
      <span aria-live="polite" className={isSmall ? 'sr-only' : ''}>
        {isDone ? 'Copied' : label}
      </span>
    </button>
  );
}
