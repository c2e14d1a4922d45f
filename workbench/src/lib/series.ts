/** Minutes of the engine's metrics as an even series: those in which nothing happened are left out there. */

interface Point {
  minute_at: string;
  count: number;
  errors: number;
}

const MINUTE_MS = 60_000;

/** The last `size` minutes up to `now` (ms), oldest first. */
export function minutesOf(points: readonly Point[], now: number, size = 60): { count: number; errors: number }[] {
  const last = Math.floor(now / MINUTE_MS);
  const known = new Map(points.map((point) => [Math.floor(Date.parse(point.minute_at) / MINUTE_MS), point]));
  return Array.from({ length: size }, (_, at) => known.get(last - size + 1 + at) ?? { count: 0, errors: 0 });
}
