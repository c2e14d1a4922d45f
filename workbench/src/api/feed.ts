/**
 * The live feed: one connection for the whole page, whoever listens.
 *
 * Invariants
 * 1. Items reach listeners in order, in batches: at once after a pause, and at most ten times a second.
 * 2. After a break the feed goes on behind the last id that was seen; what was lost is counted.
 * 3. A break is mended by itself, for ever; only a session that ended is not: it needs a log-in.
 * 4. What waits for a frame is bounded: the oldest go first and are counted as lost.
 */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { parseJson } from '../lib/exact';
import { ApiError, address, get } from './client';

export type FeedKind = 'run' | 'instance' | 'log' | 'request' | 'error' | 'manifest' | 'worker' | 'step' | 'state';

export interface FeedItem {
  id: number;
  kind: FeedKind;
  at: string;
  data: Record<string, unknown>;
  dropped?: number;
}

export interface FeedState {
  /** `connecting` before the first connection, `lost` while it is broken, `ended` with the session. */
  connection: 'connecting' | 'live' | 'lost' | 'ended';
  /** Items that did not reach this page since it was opened. */
  lost: number;
}

const KINDS: readonly FeedKind[] = [
  'run',
  'instance',
  'log',
  'request',
  'error',
  'manifest',
  'worker',
  'step',
  'state',
];
const WAITING_MAX = 5_000;
const BATCH_MS = 100;
const AGAIN_MS = 1_000;
/** In a burst nobody reads single items: half as many batches leave the page its time. */
const BURST_MS = 200;
const BURST_ITEMS = 200;

type Listener = (items: readonly FeedItem[]) => void;

class Feed {
  private state: FeedState = { connection: 'connecting', lost: 0 };
  private readonly watchers = new Set<() => void>();
  private readonly listeners = new Set<Listener>();
  private waiting: FeedItem[] = [];
  private timer: number | undefined;
  private source: EventSource | undefined;
  private lastId = 0;
  private isBurst = false;
  private flushedAt = 0;

  snapshot = (): FeedState => this.state;

  watch = (changed: () => void): (() => void) => {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  };

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.source === undefined) this.connect();
    return () => this.listeners.delete(listener);
  }

  private connect(): void {
    // The browser resumes by itself with Last-Event-ID; `after` serves a source that had to be made anew.
    this.source = new EventSource(address('/v1/feed', {}, this.lastId > 0 ? { after: this.lastId } : undefined));
    this.source.onopen = () => this.become({ connection: 'live' });
    this.source.onerror = (event) => {
      if (event instanceof MessageEvent) return; // an item of the kind `error`: the connection is well
      this.become({ connection: 'lost' });
      if (this.source?.readyState === EventSource.CLOSED) {
        this.source.close();
        void this.connectAgain();
      }
    };
    for (const kind of KINDS) this.source.addEventListener(kind, (event) => this.take(event));
  }

  /** The source gave up: the engine answered something else than a feed. */
  private async connectAgain(): Promise<void> {
    // A stream does not say why it was refused; any other answer does.
    const isOut = await get('/v1/session').then(
      () => false,
      (error) => error instanceof ApiError && error.status === 401,
    );
    if (isOut) this.become({ connection: 'ended' });
    else setTimeout(() => this.connect(), AGAIN_MS);
  }

  private take(event: Event): void {
    if (!(event instanceof MessageEvent)) return; // a broken connection, which is called `error` too
    const item = parseJson(event.data as string) as FeedItem;
    this.lastId = item.id;
    if (item.dropped) this.become({ lost: this.state.lost + item.dropped });
    this.waiting.push(item);
    if (this.waiting.length > WAITING_MAX) {
      const over = this.waiting.length - WAITING_MAX / 2;
      this.waiting.splice(0, over);
      this.become({ lost: this.state.lost + over });
    }
    if (this.timer !== undefined) return;
    const nextAt = this.flushedAt + (this.isBurst ? BURST_MS : BATCH_MS);
    this.timer = window.setTimeout(() => this.flush(), Math.max(nextAt - Date.now(), 0));
  }

  private flush(): void {
    this.timer = undefined;
    this.flushedAt = Date.now();
    const items = this.waiting;
    this.waiting = [];
    this.isBurst = items.length > BURST_ITEMS;
    for (const listener of [...this.listeners]) listener(items);
  }

  private become(change: Partial<FeedState>): void {
    this.state = { ...this.state, ...change };
    for (const watcher of this.watchers) watcher();
  }
}

const feed = new Feed();

/** Call `take` with batches of items of these kinds while the component is there. */
export function useFeed(kinds: readonly FeedKind[], take: (items: readonly FeedItem[]) => void): void {
  const latest = useRef(take);
  latest.current = take;
  const wanted = kinds.join(',');
  useEffect(() => {
    const chosen = new Set(wanted.split(','));
    return feed.listen((items) => {
      const fitting = items.filter((item) => chosen.has(item.kind));
      if (fitting.length > 0) latest.current(fitting);
    });
  }, [wanted]);
}

/** Whether the page is live. */
export function useFeedState(): FeedState {
  return useSyncExternalStore(feed.watch, feed.snapshot);
}
