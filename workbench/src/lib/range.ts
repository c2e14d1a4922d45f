/** The time range of a list, as it stands in the address: `range=1h`, or `since=` and `until=` exactly. */
import type { Filters } from './location';

const MINUTE_MS = 60_000;

export const RANGES: readonly (readonly [id: string, title: string, ms: number])[] = [
  ['15m', 'Last 15 minutes', 15 * MINUTE_MS],
  ['1h', 'Last hour', 60 * MINUTE_MS],
  ['6h', 'Last 6 hours', 360 * MINUTE_MS],
  ['24h', 'Last 24 hours', 1_440 * MINUTE_MS],
  ['7d', 'Last 7 days', 10_080 * MINUTE_MS],
];

export interface Between {
  since?: string;
  until?: string;
}

/** What the API is asked for. A range that moves with the clock moves by whole minutes, so that it is one question. */
export function betweenOf(filters: Filters, nowMs: number): Between {
  const range = RANGES.find(([id]) => id === filters.range);
  if (range !== undefined) return { since: new Date(floorMinute(nowMs - range[2])).toISOString() };
  return {
    ...(isInstant(filters.since) ? { since: filters.since } : {}),
    ...(isInstant(filters.until) ? { until: filters.until } : {}),
  };
}

export function floorMinute(ms: number): number {
  return ms - (ms % MINUTE_MS);
}

function isInstant(text: string | undefined): text is string {
  return text !== undefined && !Number.isNaN(Date.parse(text));
}

/** An instant for a `datetime-local` field, in the reader's zone. */
export function toField(text: string | undefined): string {
  if (!isInstant(text)) return '';
  const at = new Date(text);
  return new Date(at.getTime() - at.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}

/** What a `datetime-local` field says, as an instant; undefined when it is empty or half typed. */
export function fromField(text: string): string | undefined {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
