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

/**
 * A part of a path that holds an id.
 *
 * A browser takes `.` and `..` out of a path, however they are encoded: they get a `~`, which `idOf` and the engine
 * take off again, and so do ids that look like that.
 */
export function segment(id: string): string {
  return encodeURIComponent(/^~*\.{1,2}$/.test(id) ? `~${id}` : id);
}

/** The id in a segment of a path. Somebody may have typed it: what is no encoding is taken as it stands. */
export function idOf(segment: string): string {
  try {
    const id = decodeURIComponent(segment);
    return /^~+\.{1,2}$/.test(id) ? id.slice(1) : id;
  } catch {
    return segment;
  }
}

export function escaped(address: string): string {
  return address.replaceAll('%', '%25');
}
