/** Keys of the page: which one does what, and when it is only text. */
import { useEffect, useRef } from 'react';

/** Whether the reader is typing, so that single letters are text and no command. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** Whether a dialog stands over the page, or was the one that the key was for. */
function isBehindDialog(target: EventTarget | null): boolean {
  const isInside = target instanceof Element && target.closest(DIALOG) !== null;
  return isInside || document.querySelector(DIALOG) !== null;
}

const DIALOG = '[role="dialog"]';

/** Call `act` on a key (`'/'`, `'j'`, `'mod+k'`, `'Escape'`); single letters only while nobody types, keys without `mod` not behind a dialog. */
export function useKey(key: string, act: (event: KeyboardEvent) => void, isOn = true): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (!isOn) return;
    const wantsMod = key.startsWith('mod+');
    const name = wantsMod ? key.slice(4) : key;
    const listen = (event: KeyboardEvent) => {
      const hasMod = event.ctrlKey || event.metaKey;
      if (event.key.toLowerCase() !== name.toLowerCase() || hasMod !== wantsMod || event.altKey) return;
      if (!wantsMod && isBehindDialog(event.target)) return;
      if (!wantsMod && name !== 'Escape' && isTyping(event.target)) return;
      latest.current(event);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [key, isOn]);
}
