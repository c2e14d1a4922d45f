/** From the filters in the address to what the API is asked, and what a run says in a list. */
import type { RunView, Schemas } from '../../api/client';
import { instant } from '../../lib/format';
import type { Filters } from '../../lib/location';
import { betweenOf } from '../../lib/range';
import { isFinal } from '../../lib/states';

export const STATES = [
  'running',
  'ready',
  'scheduled',
  'retrying',
  'blocked',
  'parked',
  'completed',
  'dead',
  'cancelled',
  'skipped',
] as const;
export type State = (typeof STATES)[number];

export const FINAL: readonly State[] = STATES.filter(isFinal);
export const OPEN: readonly State[] = STATES.filter((state) => !isFinal(state));

export const KINDS = [
  ['', 'Any trigger'],
  ['event', 'By an event'],
  ['cron', 'By the clock'],
  ['manual', 'By hand'],
  ['replay', 'Replays'],
  ['error', 'After a failure'],
] as const;

export interface Selection {
  step?: string;
  state?: State[];
  trace?: string;
  kind?: Schemas['TriggerKind'];
  since?: string;
  until?: string;
  text?: string;
  fingerprint?: string;
}

export function chosenStates(filters: Filters): State[] {
  const named = (filters.state ?? '').split(',');
  return STATES.filter((state) => named.includes(state));
}

/** The filters without the states: what the counts per state are of. */
export function selectionOf(filters: Filters, nowMs: number): Selection {
  const { step, trace, text, fingerprint } = filters;
  const kind = KINDS.find(([id]) => id === filters.kind)?.[0];
  return {
    ...(step ? { step } : {}),
    ...(trace ? { trace } : {}),
    ...(text ? { text } : {}),
    ...(fingerprint ? { fingerprint } : {}),
    ...(kind ? { kind } : {}),
    ...betweenOf(filters, nowMs),
  };
}

/** Put one state in or out; the text for the address. */
export function toggled(states: readonly State[], state: State): string {
  return states.includes(state) ? states.filter((one) => one !== state).join(',') : [...states, state].join(',');
}

export type Act = 'replay' | 'cancel';

/** The states that an act over many runs begins with: those of the filter that it can take, else its usual ones. */
export function statesFor(act: Act, chosen: readonly State[]): State[] {
  const allowed = act === 'replay' ? FINAL : OPEN;
  const kept = chosen.filter((state) => allowed.includes(state));
  if (kept.length > 0) return kept;
  return act === 'replay' ? ['dead'] : [...OPEN];
}

/** How long the last attempt took, or has taken so far; undefined before the first. */
export function tookMs(run: Pick<RunView, 'started_at' | 'finished_at' | 'state'>, nowMs: number): number | undefined {
  if (run.started_at === null) return undefined;
  if (run.finished_at !== null) return Math.max(instant(run.finished_at) - instant(run.started_at), 0);
  return run.state === 'running' ? Math.max(nowMs - instant(run.started_at), 0) : undefined;
}

/** What is to be said of a run in one line: why it failed, or why it ended. */
export function noteOf(run: Pick<RunView, 'error' | 'reason' | 'cancel_requested' | 'state' | 'attempt'>): string {
  if (run.error !== null) return `${run.error.name}: ${run.error.message}`;
  if (run.cancel_requested && run.state === 'running') return 'asked to stop';
  if (run.state === 'completed' && run.attempt > 1) return `completed by attempt ${run.attempt}`;
  return run.reason?.replaceAll('_', ' ') ?? '';
}
