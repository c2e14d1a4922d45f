/** Fields of filter bars. `/` puts the cursor in the search of the screen. */
import { Search, X } from 'lucide-react';
import { type InputHTMLAttributes, useEffect, useRef, useState } from 'react';
import { useKey } from '../lib/keyboard';

const SETTLE_MS = 250;

/** Text that takes effect when the reader pauses. */
export function SearchField({
  value,
  onChange,
  label,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
}) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => setText(value), [value]);
  useKey('/', (event) => {
    event.preventDefault();
    field.current?.focus();
  });
  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onChange(next), SETTLE_MS);
  };
  return (
    <div className="relative">
      <Search size={14} className="absolute left-2 top-2 text-muted" aria-hidden />
      <input
        ref={field}
        type="text"
        value={text}
        aria-label={label}
        placeholder={`${label}  /`}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            change('');
            event.currentTarget.blur();
          }
        }}
        className="w-56 rounded-md border border-line bg-page py-1 pl-7 pr-7 text-sm placeholder:text-muted"
      />
      {text !== '' && (
        <button
          type="button"
          aria-label="Clear"
          className="absolute right-1.5 top-1.5 text-muted"
          onClick={() => change('')}
        >
          <X size={14} aria-hidden />
        </button>
      )}
    </div>
  );
}

export function Select({
  value,
  onChange,
  label,
  options,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
  options: readonly (readonly [value: string, title: string])[];
}) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="max-w-56 rounded-md border border-line bg-page px-2 py-1 text-sm"
    >
      {options.map(([one, title]) => (
        <option key={one} value={one}>
          {title}
        </option>
      ))}
    </select>
  );
}

export function TextField({ label, ...rest }: { label: string } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className="flex flex-col gap-1 text-xs text-muted">
      {label}
      <input {...rest} className="rounded-md border border-line bg-page px-2 py-1 text-sm text-ink" />
    </label>
  );
}
