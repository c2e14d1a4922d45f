/**
 * How many runs of each step come in and are finished a second, counted from the live feed.
 *
 * Buckets of a second; only whole seconds count, so that a rate does not sink at the start of each.
 */
import type { FeedItem } from '../../api/feed';
import { isFinal } from '../../lib/states';

export const WINDOW_S = 10;

export interface Rates {
  in: number;
  out: number;
}

interface Bucket {
  second: number;
  in: Map<string, number>;
  out: Map<string, number>;
  lost: number;
}

export class RateWindow {
  private buckets: Bucket[] = [];
  private readonly since: number;

  constructor(nowMs: number) {
    this.since = Math.floor(nowMs / 1_000);
  }

  note(items: readonly FeedItem[], nowMs: number): void {
    const bucket = this.bucketOf(Math.floor(nowMs / 1_000));
    for (const { data, dropped } of items) {
      bucket.lost += dropped ?? 0;
      const way = isFinal(String(data.state)) ? bucket.out : data.attempt === 0 ? bucket.in : null;
      if (way !== null) way.set(String(data.step), (way.get(String(data.step)) ?? 0) + 1);
    }
  }

  /** Whether the feed left out items within the window: rates are at least what is said. */
  isPartial(nowMs: number): boolean {
    return this.current(nowMs).some((bucket) => bucket.lost > 0);
  }

  /** Null until a whole second was watched. */
  of(step: string, nowMs: number): Rates | null {
    const seconds = Math.min(Math.floor(nowMs / 1_000) - this.since, WINDOW_S);
    if (seconds < 1) return null;
    const sum = (way: 'in' | 'out') =>
      this.current(nowMs).reduce((total, bucket) => total + (bucket[way].get(step) ?? 0), 0);
    return { in: sum('in') / seconds, out: sum('out') / seconds };
  }

  private current(nowMs: number): Bucket[] {
    const second = Math.floor(nowMs / 1_000);
    return this.buckets.filter((bucket) => bucket.second < second && bucket.second >= second - WINDOW_S);
  }

  private bucketOf(second: number): Bucket {
    const last = this.buckets[this.buckets.length - 1];
    if (last !== undefined && last.second === second) return last;
    const next: Bucket = { second, in: new Map(), out: new Map(), lost: 0 };
    this.buckets = [...this.buckets.filter((bucket) => bucket.second >= second - WINDOW_S), next];
    return next;
  }
}
