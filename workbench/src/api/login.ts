/** Whether somebody is logged in, as far as the engine's last answer said. */
import { useSyncExternalStore } from 'react';

let isOut = false;
const watchers = new Set<() => void>();

/** Told by whoever asks the engine. */
export function noteStatus(status: number): void {
  const next = status === 401;
  if (next === isOut || status >= 500) return;
  isOut = next;
  for (const watcher of watchers) watcher();
}

export function useIsLoggedOut(): boolean {
  return useSyncExternalStore(
    (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    () => isOut,
  );
}
