/** Stored lines first, live ones after them, older ones when the reader gets there. */
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { ApiError, get } from '../../api/client';
import { useFeed, useFeedState } from '../../api/feed';
import { LogBuffer, type LogView } from './buffer';
import { fits, type LogQuery, ofFeed, ofPage } from './line';

const FIRST = 500;
const OLDER = 1_000;

export interface LogTail extends LogView {
  isLoading: boolean;
  isReadingOlder: boolean;
  hasOlder: boolean;
  /** The engine searched back to here for a while; null: to the end, or as far as was asked. */
  searchedFrom: string | null;
  error: ApiError | null;
  /** Items that this page never got since the list was read: there may be gaps. */
  lost: number;
  pause: () => void;
  resume: () => void;
  reload: () => void;
  older: () => void;
}

export function useLogTail(query: LogQuery): LogTail {
  const [buffer] = useState(() => new LogBuffer());
  const view = useSyncExternalStore(buffer.watch, buffer.snapshot);
  const [round, setRound] = useState(0);
  const [error, setError] = useState<ApiError | null>(null);
  const [reading, setReading] = useState<'first' | 'older' | null>('first');
  const [hasOlder, setHasOlder] = useState(false);
  const [searchedFrom, setSearchedFrom] = useState<string | null>(null);
  const cursor = useRef<string | null>(null);
  const { lost } = useFeedState();
  const lostBefore = useRef(lost);
  const wanted = JSON.stringify(query);

  useFeed(['log'], (items) => buffer.append(items.map(ofFeed).filter((line) => fits(line, query))));

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks for the same once more
  useEffect(() => {
    const stop = new AbortController();
    const first = { ...(JSON.parse(wanted) as LogQuery), limit: FIRST };
    buffer.clear();
    setReading('first');
    setError(null);
    get('/v1/logs', { query: first, signal: stop.signal })
      .then((page) => {
        buffer.start(page.logs.map(ofPage).reverse());
        cursor.current = page.cursor ?? null;
        setHasOlder(cursor.current !== null);
        setSearchedFrom(page.searched_from_at ?? null);
        lostBefore.current = lostNow.current;
        setReading(null);
      })
      .catch((failure: unknown) => {
        if (stop.signal.aborted) return;
        buffer.start([]); // live lines are shown all the same
        cursor.current = null;
        setError(asApiError(failure));
        setReading(null);
      });
    return () => stop.abort();
  }, [buffer, wanted, round]);

  const lostNow = useRef(lost);
  lostNow.current = lost;

  const older = useCallback(() => {
    const { isCut, lines } = buffer.snapshot();
    const oldest = lines[0];
    if (reading !== null || (!isCut && cursor.current === null)) return;
    const from = isCut && oldest !== undefined ? { until: String(oldest.at) } : { cursor: cursor.current };
    setReading('older');
    get('/v1/logs', { query: { ...(JSON.parse(wanted) as LogQuery), ...from, limit: OLDER } })
      .then((page) => {
        buffer.prepend(page.logs.map(ofPage).reverse());
        cursor.current = page.cursor ?? null;
        setHasOlder(cursor.current !== null);
        setSearchedFrom(page.searched_from_at ?? null);
      })
      .catch((failure: unknown) => setError(asApiError(failure)))
      .finally(() => setReading(null));
  }, [buffer, reading, wanted]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  return {
    ...view,
    isLoading: reading === 'first',
    isReadingOlder: reading === 'older',
    hasOlder: hasOlder || view.isCut,
    searchedFrom,
    error,
    lost: lost - lostBefore.current,
    pause: useCallback(() => buffer.pause(), [buffer]),
    resume: useCallback(() => {
      if (!buffer.resume()) reload();
    }, [buffer, reload]),
    reload,
    older,
  };
}

function asApiError(failure: unknown): ApiError {
  return failure instanceof ApiError ? failure : new ApiError(0, 'unreadable', String(failure), '', null);
}
