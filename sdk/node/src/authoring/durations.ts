/** Durations as authors write them: seconds, or text with a unit. */

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const TEXT = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/;

/** A duration in ms, not rounded; undefined when it is negative, not finite or cannot be read. */
export function durationMs(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value * 1_000 : undefined;
  if (typeof value !== 'string') return undefined;
  const found = TEXT.exec(value);
  return found === null ? undefined : Number(found[1]) * (UNITS_MS[found[2] as string] as number);
}
