/** From the minutes that the engine counted to lines without gaps. */
import type { Schemas } from '../../api/client';
import { instant } from '../../lib/format';

export type StepMetrics = Schemas['StepMetrics'];
type Point = StepMetrics['points'][number];

export const WINDOWS = [
  ['15m', '15 minutes', 15],
  ['1h', 'hour', 60],
  ['6h', '6 hours', 360],
  ['24h', '24 hours', 1_440],
] as const;

export interface Series {
  /** Seconds since the epoch: the begin of each part. */
  at: number[];
  perSecond: number[];
  failedPerSecond: number[];
  /** In ms; null where nothing ended. */
  p50: (number | null)[];
  p95: (number | null)[];
  p99: (number | null)[];
}

const PARTS_MAX = 90;

/** From when something is known, so that a project that has just begun is not a spike at the end of an empty hour. */
export interface Span {
  minutes: number;
  /** What rates are counted over. */
  seconds: number;
  /** The first minute with something in it (ms), when the span begins there. */
  sinceMs: number | null;
}

const SPAN_MIN = 10;

/** The last `minutes`, or less of them when nothing happened before. */
export function spanOf(points: readonly Point[], minutes: number, nowMs: number): Span {
  const firstMs = Math.min(...points.filter((point) => point.count > 0).map((point) => instant(point.minute_at)));
  const known = Math.ceil((nowMs - firstMs) / 60_000);
  if (!Number.isFinite(firstMs) || known > minutes * 0.75) return { minutes, seconds: minutes * 60, sinceMs: null };
  return {
    minutes: Math.min(Math.max(known + 1, SPAN_MIN), minutes),
    seconds: Math.max((nowMs - firstMs) / 1_000, 10),
    sinceMs: firstMs,
  };
}

/** Lengths of parts, in minutes, that the engine has sums for or adds up cheaply. */
const PARTS = [1, 5, 10, 20, 60];

/** How many minutes one part of a window has: as the engine is asked, and as it is drawn. */
export function minutesPerPart(minutes: number): number {
  return PARTS.find((part) => minutes / part <= PARTS_MAX) ?? 60;
}

/** How often the screen reads again while things happen: less than a pixel changes meanwhile. */
export function everyMsOf(minutes: number): number {
  return Math.max((minutes * 60_000) / 3_600, 1_000);
}

/** The engine's parts without gaps. Percentiles of a part that came in pieces are the worst of these. */
export function seriesOf(points: readonly Point[], minutes: number, nowMs: number): Series {
  const perPart = minutesPerPart(minutes);
  const partMs = perPart * 60_000;
  const lastMs = nowMs - (nowMs % partMs);
  const size = Math.ceil(minutes / perPart);
  const firstMs = lastMs - (size - 1) * partMs;
  const series: Series = {
    at: Array.from({ length: size }, (_, index) => (firstMs + index * partMs) / 1_000),
    perSecond: Array(size).fill(0),
    failedPerSecond: Array(size).fill(0),
    p50: Array(size).fill(null),
    p95: Array(size).fill(null),
    p99: Array(size).fill(null),
  };
  for (const point of points) {
    const index = Math.floor((instant(point.minute_at) - firstMs) / partMs);
    if (index < 0 || index >= size) continue;
    // The part that is not over yet is counted over the time that is.
    const seconds = index === size - 1 ? Math.max((nowMs - lastMs) / 1_000, 10) : partMs / 1_000;
    series.perSecond[index] = (series.perSecond[index] ?? 0) + point.count / seconds;
    series.failedPerSecond[index] = (series.failedPerSecond[index] ?? 0) + point.errors / seconds;
    if (point.count === 0) continue;
    for (const [name, us] of [
      ['p50', point.p50_us],
      ['p95', point.p95_us],
      ['p99', point.p99_us],
    ] as const) {
      series[name][index] = Math.max(series[name][index] ?? 0, us / 1_000);
    }
  }
  return series;
}

/** Steps that fail first, then the busy ones. */
export function inOrder(metrics: readonly StepMetrics[]): StepMetrics[] {
  const share = (one: StepMetrics) => (one.count === 0 ? 0 : one.errors / one.count);
  return metrics
    .filter((one) => one.step !== '')
    .sort((a, b) => share(b) - share(a) || b.count - a.count || a.step.localeCompare(b.step));
}
