/** Reading the control API with a cache that the live feed keeps fresh: no page polls. */
import {
  hashKey,
  type InfiniteData,
  keepPreviousData,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Answer, ApiError, get, type QueryOf } from './client';
import { type FeedItem, type FeedKind, useFeed } from './feed';
import { Pace } from './pace';

type GetPath = Parameters<typeof get>[0];

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY, // the feed says when something changed
      gcTime: 60_000,
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
      refetchOnWindowFocus: false,
    },
  },
});

const SEARCHED_EVERY_MS = 3_000;

interface Options<P extends GetPath> {
  params?: Record<string, string>;
  query?: QueryOf<P>;
  /** Feed kinds that make it stale. */
  live?: readonly FeedKind[];
  /** Which of those items do; all when it is left out. */
  fits?: (item: FeedItem) => boolean;
  /** Read again at most so often while items arrive; at once when they are rare. */
  everyMs?: number;
  isOn?: boolean;
}

/** `GET path`, read again soon after something of `live` happened. The former answer stays while it reads. */
export function useApi<P extends GetPath>(path: P, options: Options<P> = {}) {
  const key = [path, options.params ?? {}, options.query ?? {}];
  const result = useQuery<Answer<P>, ApiError>({
    queryKey: key,
    queryFn: ({ signal }) =>
      get(path, {
        ...(options.params === undefined ? {} : { params: options.params }),
        ...(options.query === undefined ? {} : { query: options.query as never }),
        signal,
      }),
    placeholderData: keepPreviousData,
    enabled: options.isOn ?? true,
  });
  useStaleOn(options.live ?? [], key, options.everyMs ?? 500, options.fits);
  return result;
}

/**
 * A list that is read page by page by its cursor. `more` reads the next page; `search` says how far back the
 * engine looked when it gave up for now, and goes on. `toFirstPage` forgets the pages behind the first and reads it
 * again: a list that becomes live again does not read all that the reader scrolled through.
 */
export function usePages<P extends GetPath>(path: P, options: Options<P> & { params?: Record<string, string> } = {}) {
  const client = useQueryClient();
  const key = [path, 'pages', options.params ?? {}, options.query ?? {}];
  const result = useInfiniteQuery<Answer<P>, ApiError, { pages: Answer<P>[] }, unknown[], string | undefined>({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      get(path, {
        ...(options.params === undefined ? {} : { params: options.params }),
        query: {
          ...(options.query as object | undefined),
          ...(pageParam === undefined ? {} : { cursor: pageParam }),
        } as never,
        signal,
      }),
    initialPageParam: undefined,
    getNextPageParam: (last) => (last as { cursor?: string | null }).cursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled: options.isOn ?? true,
  });
  const toFirstPage = () => {
    client.setQueryData<InfiniteData<Answer<P>>>(key, (held) =>
      held === undefined ? held : { pages: held.pages.slice(0, 1), pageParams: held.pageParams.slice(0, 1) },
    );
    void client.invalidateQueries({ queryKey: key });
  };
  const pages = result.data?.pages ?? [];
  const { searched_from_at: searchedFrom = null } = (pages[pages.length - 1] ?? {}) as {
    searched_from_at?: string | null;
  };
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = result;
  // What the engine has to search for is not searched for at every change.
  const everyMs = searchedFrom === null ? (options.everyMs ?? 500) : SEARCHED_EVERY_MS * pages.length;
  useStaleOn(options.live ?? [], key, everyMs, options.fits);
  // A page that a search cut short is not followed by itself: scrolling must not read all that is stored.
  const isOpen = hasNextPage && !isFetchingNextPage && searchedFrom === null;
  const more = useCallback(() => {
    if (isOpen) void fetchNextPage();
  }, [isOpen, fetchNextPage]);
  const goOn = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  return { ...result, toFirstPage, more, search: { from: searchedFrom, goOn, isBusy: isFetchingNextPage } };
}

/** Do something and make what it changed stale: every key that begins with one of `changes`. */
export function useAct<Input, Output>(act: (input: Input) => Promise<Output>, changes: readonly GetPath[]) {
  const client = useQueryClient();
  return useMutation<Output, ApiError, Input>({
    mutationFn: act,
    onSettled: () => Promise.all(changes.map((path) => client.invalidateQueries({ queryKey: [path] }))),
  });
}

function useStaleOn(
  kinds: readonly FeedKind[],
  key: unknown[],
  everyMs: number,
  fits?: (item: FeedItem) => boolean,
): void {
  const client = useQueryClient();
  const timer = useRef<number | undefined>(undefined);
  const [pace] = useState(() => new Pace());
  const hash = hashKey(key);
  const isLive = kinds.length > 0;
  // What is not shown hears of nothing: it is read again when it is shown the next time.
  useEffect(() => {
    if (!isLive) return;
    return () => void client.invalidateQueries({ queryKey: JSON.parse(hash), exact: true, refetchType: 'none' });
  }, [client, hash, isLive]);
  useFeed(kinds.length > 0 ? kinds : NOTHING, (items) => {
    if (kinds.length === 0 || (fits !== undefined && !items.some(fits))) return;
    timer.current ??= window.setTimeout(
      () => {
        timer.current = undefined;
        void readAgain(client, key);
      },
      pace.next(Date.now(), everyMs),
    );
  });
}

/** An answer that is under way may have been made before what just happened: it is waited for, and asked for anew. */
async function readAgain(client: QueryClient, queryKey: unknown[]): Promise<void> {
  await client
    .getQueryCache()
    .find({ queryKey })
    ?.promise?.catch(() => undefined);
  await client.invalidateQueries({ queryKey }, { cancelRefetch: false });
}

const NOTHING: readonly FeedKind[] = ['manifest'];
