/** How often a kind of failure came, in equal stretches of time, for a small line. */
import type { Schemas } from '../../api/client';
import { instant } from '../../lib/format';

const MINUTE_MS = 60_000;

/** Failures in the last `stretches` of `minutes` minutes each, oldest first; minutes without a point had none. */
export function failuresOf(
  points: readonly Schemas['FailurePoint'][],
  { now, minutes, stretches }: { now: number; minutes: number; stretches: number },
): number[] {
  const last = Math.floor(now / MINUTE_MS);
  const values = new Array<number>(stretches).fill(0);
  for (const point of points) {
    const before = Math.floor((last - Math.floor(instant(point.minute_at) / MINUTE_MS)) / minutes);
    const at = stretches - 1 - before;
    if (at >= 0 && at < stretches) values[at] = (values[at] ?? 0) + point.count;
  }
  return values;
}
