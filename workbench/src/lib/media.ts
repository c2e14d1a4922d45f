import { useSyncExternalStore } from 'react';

const narrow = matchMedia('(max-width: 1000px)');
const watch = (changed: () => void) => {
  narrow.addEventListener('change', changed);
  return () => narrow.removeEventListener('change', changed);
};

/** Whether the window has no room for the lesser columns of a list. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(watch, () => narrow.matches);
}
