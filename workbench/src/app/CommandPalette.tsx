/** Ctrl-K: go to a screen, a step, a run or a trace by a few letters of its name. */
import { type KeyboardEvent, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { useApi } from '../api/queries';
import { Dialog } from '../components/Dialog';
import { segment } from '../lib/location';
import { SCREENS } from './screens';

interface Found {
  title: string;
  about: string;
  path: string;
}

const FOUND_MAX = 12;

export function CommandPalette({ close }: { close: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [, navigate] = useLocation();
  const steps = useApi('/v1/steps');
  const found = useMemo(() => {
    const all: Found[] = [
      ...SCREENS.map((screen) => ({ title: screen.title, about: 'Screen', path: screen.path })),
      ...(steps.data?.steps ?? []).map((step) => {
        const { id, kind, language } = step as unknown as { id: string; kind: string; language: string };
        return { title: id, about: `${kind} step in ${language}`, path: `/steps/${segment(id)}` };
      }),
    ];
    return [...byId(text.trim()), ...all.filter((one) => fits(one.title, text))].slice(0, FOUND_MAX);
  }, [steps.data, text]);

  const go = (one: Found | undefined) => {
    if (one === undefined) return;
    close();
    navigate(one.path);
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
        placeholder="Screen, step, run or trace"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
        className="w-full rounded-md border border-line bg-page px-3 py-2"
      />
      <div id="found" role="listbox" aria-label="Found" className="mt-2">
        {found.map((one, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's
          <div
            key={one.path}
            id={`found-${index}`}
            role="option"
            aria-selected={index === at}
            tabIndex={-1}
            onClick={() => go(one)}
            className={`flex cursor-pointer items-center rounded-md px-3 py-1.5 ${index === at ? 'bg-accent-soft' : 'hover:bg-raised'}`}
          >
            <span className="truncate">{one.title}</span>
            <span className="ml-auto text-xs text-muted">{one.about}</span>
          </div>
        ))}
        {found.length === 0 && <p className="px-3 py-2 text-muted">Nothing has this name.</p>}
      </div>
    </Dialog>
  );
}

/** An id that was pasted goes to what it names. */
function byId(text: string): Found[] {
  if (/^[0-9a-f]{16}$/.test(text)) return [{ title: text, about: 'Run', path: `/runs/${text}` }];
  if (/^[0-9a-f]{32}$/.test(text)) return [{ title: text, about: 'Trace', path: `/traces/${text}` }];
  return [];
}

/** Whether the letters of `text` occur in `title`, in this order. */
function fits(title: string, text: string): boolean {
  let from = 0;
  const lower = title.toLowerCase();
  for (const letter of text.toLowerCase().replace(/\s+/g, '')) {
    from = lower.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}
