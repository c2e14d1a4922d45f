/** What happened lately in the steps of a flow: read once, then kept up by the feed. */
import { useQueries } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { StepView } from '../../api/catalog';
import { type ApiError, get } from '../../api/client';
import { useFeed } from '../../api/feed';
import type { Happening } from './flows';

/** Steps whose past is read; of the others only what happens from now on is shown. */
export const MEMBERS_MAX = 24;
const PAST = 20;
const KEPT_MAX = 2_000;

export function useHappenings(members: readonly StepView[]): { happenings: Happening[]; isPending: boolean } {
  const past = useQueries({
    queries: members.slice(0, MEMBERS_MAX).map((step) => ({
      queryKey: ['flow-past', step.id],
      queryFn: ({ signal }: { signal: AbortSignal }) => pastOf(step, signal),
      staleTime: 0,
      retry: (failures: number, error: Error) => failures < 2 && (error as ApiError).status === 0,
    })),
    combine: (results) => ({
      rows: results.flatMap((result) => result.data ?? []),
      isPending: results.some((result) => result.isPending),
    }),
  });
  const [latest, setLatest] = useState<ReadonlyMap<string, Happening>>(new Map());
  const ids = useMemo(() => new Set(members.map((step) => step.id)), [members]);
  useFeed(['run', 'request'], (items) => {
    const own = items.filter(({ data }) => ids.has(String(data.step)) && typeof data.trace === 'string');
    if (own.length === 0) return;
    setLatest((before) => {
      const next = new Map(before);
      for (const { kind, at, data } of own) {
        const [trace, step] = [String(data.trace), String(data.step)];
        const state = kind === 'run' ? String(data.state) : requestState(Number(data.status));
        const key = `${kind} ${String(data.run ?? trace)} ${step}`;
        next.delete(key);
        next.set(key, { trace, step, state, at: Date.parse(at) });
      }
      return new Map([...next].slice(-KEPT_MAX));
    });
  });
  const happenings = useMemo(() => {
    // A run that the feed told of is newer there than in what was read.
    const told = new Set([...latest.values()].map((one) => `${one.trace} ${one.step}`));
    return [...past.rows.filter((one) => !told.has(`${one.trace} ${one.step}`)), ...latest.values()];
  }, [past.rows, latest]);
  return { happenings, isPending: past.isPending };
}

async function pastOf(step: StepView, signal: AbortSignal): Promise<Happening[]> {
  if (step.kind === 'api') {
    const page = await get('/v1/traces', { query: { step: step.id, limit: PAST }, signal });
    return page.traces.map((one) => ({
      trace: one.trace,
      step: step.id,
      state: requestState(one.status),
      at: Date.parse(one.started_at),
    }));
  }
  const page = await get('/v1/runs', { query: { step: step.id, limit: PAST }, signal });
  return page.runs.map((run) => ({
    trace: run.trace,
    step: run.step,
    state: run.state,
    at: Date.parse(run.finished_at ?? run.started_at ?? run.created_at),
  }));
}

function requestState(status: number): string {
  return status >= 500 ? 'dead' : 'completed';
}
