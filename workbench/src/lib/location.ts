/** Addresses: the path below which all is served, filters in the query, ids in paths. */
import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

export { segment } from './written';

/** The path under which the Workbench is served, without a slash at its end. */
export const BASE = new URL(document.baseURI).pathname.replace(/\/$/, '');

export type Filters = Record<string, string | undefined>;

/**
 * The filters of a screen, kept in its address, so that a link to it shows the same.
 *
 * `set` merges; undefined or empty text removes a filter. It replaces the entry of the history
 * unless `push` is said, so that typing does not fill it.
 */
export function useFilters(): [Filters, (change: Filters, options?: { push?: boolean }) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const filters = useMemo(() => Object.fromEntries(new URLSearchParams(search)) as Filters, [search]);
  const set = useCallback(
    (change: Filters, options: { push?: boolean } = {}) => {
      const next = new URLSearchParams(search);
      for (const [name, value] of Object.entries(change)) {
        if (value === undefined || value === '') next.delete(name);
        else next.set(name, value);
      }
      const text = next.toString();
      navigate(text === '' ? path : `${path}?${text}`, { replace: !options.push });
    },
    [search, path, navigate],
  );
  return [filters, set];
}

/** The address of a screen with filters. */
export function linkTo(path: string, filters: Filters = {}): string {
  const kept = Object.entries(filters).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const text = new URLSearchParams(kept).toString();
  return text === '' ? path : `${path}?${text}`;
}
