/** Instants as people read them, and the one clock that moves them on. */
import { useSyncExternalStore } from 'react';
import { clockOnDay, exact, instant, relative } from '../lib/format';

/** One clock for all relative times of the page. */
let now = Date.now();
const watchers = new Set<() => void>();
setInterval(() => {
  now = Date.now();
  for (const watcher of watchers) watcher();
}, 1_000);
const watch = (changed: () => void) => {
  watchers.add(changed);
  return () => watchers.delete(changed);
};

export function useNow(): number {
  return useSyncExternalStore(watch, () => now);
}

/** An instant of the API, relative, or as the time of day (`isClock`; with its date on another day); exact with its zone on hover. */
export function Time({ at, isClock = false }: { at: string | number; isClock?: boolean }) {
  const moment = typeof at === 'number' ? at : instant(at);
  const current = useNow();
  return (
    <time dateTime={new Date(moment).toISOString()} title={exact(moment)} className="whitespace-nowrap tabular-nums">
      {isClock ? clockOnDay(moment, current) : relative(moment, Math.max(current, Date.now() - 1_000))}
    </time>
  );
}
