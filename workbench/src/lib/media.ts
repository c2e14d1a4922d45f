/** What the window and its reader ask for: room, and no motion. */
import { useSyncExternalStore } from 'react';

const narrow = matchMedia('(max-width: 1000px)');
const watch = (changed: () => void) => {
  narrow.addEventListener('change', changed);
  return () => narrow.removeEventListener('change', changed);
};

const still = matchMedia('(prefers-reduced-motion: reduce)');

/** How long something may move: not at all for a reader who asked for no motion. */
export function movesMs(ms: number): number {
  return still.matches ? 0 : ms;
}

/** Whether the window has no room for the lesser columns of a list. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(watch, () => narrow.matches);
}
