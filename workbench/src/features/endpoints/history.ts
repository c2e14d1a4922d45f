/**
 * Requests that were sent from this browser, to send them again.
 *
 * Invariants
 * 1. At most `ENTRIES_MAX` entries and `CHARS_MAX` characters are kept; the oldest go first.
 * 2. Values of headers and query parameters whose names speak of secrets are never kept.
 * 3. A storage that is full, shut or spoiled costs the history, nothing else.
 */
import { useSyncExternalStore } from 'react';
import type { Draft, Pairs } from './draft';

export interface Entry {
  at: number;
  step: string;
  draft: Draft;
  status: number;
  duration_ms: number;
  trace: string | null;
}

const KEY = 'motia.requests';
export const ENTRIES_MAX = 60;
const CHARS_MAX = 400_000;
const BODY_CHARS_MAX = 20_000;
export const LEFT_OUT = '(not kept)';
const SECRET = /auth|cookie|token|secret|passw|api-?key|signature|credential|session/i;

let entries: readonly Entry[] | undefined;
const watchers = new Set<() => void>();

export function useHistory(step: string): readonly Entry[] {
  const all = useSyncExternalStore((changed) => {
    watchers.add(changed);
    return () => watchers.delete(changed);
  }, read);
  return all.filter((entry) => entry.step === step);
}

export function remember(entry: Entry): void {
  write(bounded([safe(entry), ...read()]));
}

export function forget(step: string): void {
  write(read().filter((entry) => entry.step !== step));
}

/** The entry without secrets and without a body that is too large. */
export function safe(entry: Entry): Entry {
  const { draft } = entry;
  const isLarge = (draft.body?.length ?? 0) > BODY_CHARS_MAX;
  return {
    ...entry,
    draft: { ...draft, query: masked(draft.query), headers: masked(draft.headers), body: isLarge ? '' : draft.body },
  };
}

function masked(pairs: Pairs): Pairs {
  return pairs.map(([name, value]) => [name, SECRET.test(name) ? LEFT_OUT : value] as const);
}

/** The newest entries that fit. */
export function bounded(all: readonly Entry[]): Entry[] {
  const kept: Entry[] = [];
  let chars = 0;
  for (const entry of all.slice(0, ENTRIES_MAX)) {
    chars += JSON.stringify(entry).length;
    if (chars > CHARS_MAX) break;
    kept.push(entry);
  }
  return kept;
}

function read(): readonly Entry[] {
  if (entries !== undefined) return entries;
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]') as unknown;
    entries = Array.isArray(kept) ? kept.filter((one) => typeof one?.step === 'string' && one.draft?.headers) : [];
  } catch {
    entries = [];
  }
  return entries;
}

function write(next: readonly Entry[]): void {
  entries = next;
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // kept for this page only
  }
  for (const watcher of watchers) watcher();
}
