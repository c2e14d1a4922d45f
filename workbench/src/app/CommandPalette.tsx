/** Ctrl-K: go to a screen, a step, a run or a trace by a few letters of its name, or do something. */
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { Dialog } from '../components/Dialog';
import { type Entry, found as foundIn } from './palette';
import { usePaletteEntries } from './usePaletteEntries';

export function CommandPalette({ close, showKeys }: { close: () => void; showKeys: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [, navigate] = useLocation();
  const entries = usePaletteEntries(showKeys);
  const found = useMemo(() => foundIn(entries, text), [entries, text]);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  const go = (one: Entry | undefined) => {
    if (one === undefined) return;
    close();
    if (typeof one.go === 'string') navigate(one.go);
    else one.go();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter') go(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Go to" isOpen close={close}>
      <input
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="found"
        aria-activedescendant={`found-${at}`}
        aria-label="Screen, step, run or trace"
        placeholder="Screen, step, run, trace, or what to do"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
        className="w-full rounded-md border border-line bg-page px-3 py-2 placeholder:text-muted"
      />
      <div ref={list} id="found" role="listbox" aria-label="Found" className="mt-2">
        {found.map((one, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's
          <div
            key={one.id}
            id={`found-${index}`}
            role="option"
            aria-selected={index === at}
            tabIndex={-1}
            onClick={() => go(one)}
            className={`flex cursor-pointer items-center gap-3 rounded-md px-3 py-1.5 ${index === at ? 'bg-accent-soft' : 'hover:bg-raised'}`}
          >
            <span className="min-w-0 truncate">{one.title}</span>
            <span className="ml-auto max-w-[45%] shrink-0 truncate text-xs text-muted">{one.about}</span>
          </div>
        ))}
        {found.length === 0 && <p className="px-3 py-2 text-muted">Nothing has this name.</p>}
      </div>
    </Dialog>
  );
}
