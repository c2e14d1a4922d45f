/** Failures a minute of each step, for a small line beside each group. */
import type { Schemas } from '../../api/client';
import { instant } from '../../lib/format';

const MINUTE_MS = 60_000;

/** Failures in each of the last `minutes`, oldest first; minutes without a point had none. */
export function failuresByMinute(
  points: readonly Schemas['MetricPoint'][],
  { now, minutes }: { now: number; minutes: number },
): number[] {
  const last = Math.floor(now / MINUTE_MS);
  const values = new Array<number>(minutes).fill(0);
  for (const point of points) {
    const at = minutes - 1 - (last - Math.floor(instant(point.minute_at) / MINUTE_MS));
    if (at >= 0 && at < minutes) values[at] = point.errors;
  }
  return values;
}
