/**
 * What happens in the steps, for painting on the graph.
 *
 * Numbers come from the engine (queues at once, metrics every few seconds while something happens). The feed only lights
 * up the node at which it happened: a node listens for itself, so a burst draws no other node again.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useSyncExternalStore } from 'react';
import { useFeed } from '../../api/feed';
import { useApi } from '../../api/queries';

export const WINDOW_S = 900;
const LIT_MS = 900;
const EDGES_EVERY_MS = 4_000;

export interface Load {
  running: number;
  waiting: number;
  /** In the last quarter of an hour. */
  done: number;
  errors: number;
  isPaused: boolean;
}

export const IDLE: Load = { running: 0, waiting: 0, done: 0, errors: 0, isPaused: false };

/** How every step does; steps that are idle and did nothing are not in it. */
export function useLoads(): ReadonlyMap<string, Load> {
  const queues = useApi('/v1/queues', { live: ['run', 'step'], everyMs: 250 });
  const metrics = useApi('/v1/metrics', {
    query: { window_s: WINDOW_S, part_s: 300 },
    live: ['run', 'request'],
    everyMs: 3_000,
  });
  return useMemo(() => {
    const loads = new Map<string, Load>();
    for (const one of metrics.data?.metrics ?? []) {
      if (one.step !== '') loads.set(one.step, { ...IDLE, done: one.count, errors: one.errors });
    }
    for (const queue of queues.data?.queues ?? []) {
      const running = queue.by_state.running ?? 0;
      const open = Object.values(queue.by_state).reduce((sum, many) => sum + many, 0);
      loads.set(queue.step, {
        ...(loads.get(queue.step) ?? IDLE),
        running,
        waiting: open - running,
        isPaused: queue.is_paused,
      });
    }
    return loads;
  }, [queues.data, metrics.data]);
}

interface Light {
  at: number;
  isBad: boolean;
}

const lights = new Map<string, Light>();
const watchers = new Map<string, Set<() => void>>();

/** Light up steps as things happen in them, and read the observed edges again now and then. */
export function useLights(): void {
  const client = useQueryClient();
  const timer = useRef<number | undefined>(undefined);
  useFeed(['run', 'request'], (items) => {
    const touched = new Set<string>();
    for (const { kind, data } of items) {
      const name = String(data.step ?? '');
      const isBad = kind === 'run' ? data.state === 'dead' || data.state === 'retrying' : Number(data.status) >= 500;
      lights.set(name, { at: Date.now(), isBad });
      touched.add(name);
    }
    const tell = () => {
      for (const name of touched) for (const changed of watchers.get(name) ?? []) changed();
    };
    tell();
    setTimeout(() => {
      for (const name of touched) {
        const light = lights.get(name);
        if (light !== undefined && Date.now() - light.at >= LIT_MS) lights.delete(name);
      }
      tell();
    }, LIT_MS);
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      void client.invalidateQueries({ queryKey: ['/v1/graph'] }, { cancelRefetch: false });
    }, EDGES_EVERY_MS);
  });
}

/** Whether something just happened in this step. */
export function useLight(step: string): 'off' | 'good' | 'bad' {
  const watch = useCallback(
    (changed: () => void) => {
      const own = watchers.get(step) ?? new Set();
      watchers.set(step, own.add(changed));
      return () => {
        own.delete(changed);
        if (own.size === 0) watchers.delete(step);
      };
    },
    [step],
  );
  return useSyncExternalStore(watch, () => {
    const light = lights.get(step);
    return light === undefined ? 'off' : light.isBad ? 'bad' : 'good';
  });
}
