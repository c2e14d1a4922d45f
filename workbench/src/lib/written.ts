/**
 * The address as it is written, for the router.
 *
 * The router decodes what it reads (`decodeURI`), and segments and filters are decoded once more by whoever knows
 * where they end: a `%` of an id or a search would be taken for an escape. So the router is given every `%` escaped.
 */
import { useBrowserLocation, useSearch } from 'wouter/use-browser-location';

export function useWrittenLocation(): ReturnType<typeof useBrowserLocation> {
  const [path, navigate] = useBrowserLocation();
  return [escaped(path), navigate];
}

export function useWrittenSearch(): string {
  return escaped(useSearch());
}

/** The id in a segment of a path. Somebody may have typed it: what is no encoding is taken as it stands. */
export function idOf(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export function escaped(address: string): string {
  return address.replaceAll('%', '%25');
}
