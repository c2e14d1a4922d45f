/** Where the reader was last: objects they opened, for going back to. Kept for the tab. */

export interface Place {
  path: string;
  title: string;
}

const KEY = 'motia.recent';
const KEPT = 8;

export function recentPlaces(): Place[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isPlace) : [];
  } catch {
    return []; // written by another version, or storage is off
  }
}

/** Put a place in front; the same path stands there once. */
export function withPlace(places: readonly Place[], place: Place): Place[] {
  return [place, ...places.filter((one) => one.path !== place.path)].slice(0, KEPT);
}

export function keepPlace(place: Place): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(withPlace(recentPlaces(), place)));
  } catch {
    // without storage nothing is remembered
  }
}

function isPlace(value: unknown): value is Place {
  const { path, title } = (value ?? {}) as Partial<Place>;
  return typeof path === 'string' && path.startsWith('/') && typeof title === 'string';
}
