/** What differs between two JSON values, place by place. */

export interface Change {
  /** Such as `items.0.price`; empty for the whole value. */
  path: string;
  kind: 'added' | 'removed' | 'changed';
  before?: unknown;
  after?: unknown;
}

export const CHANGES_MAX = 50;

/** Changes from `before` to `after`, in the order of their places; at most `CHANGES_MAX`. */
export function changes(before: unknown, after: unknown): Change[] {
  const found: Change[] = [];
  collect(before, after, '', found);
  return found.slice(0, CHANGES_MAX);
}

function collect(before: unknown, after: unknown, path: string, found: Change[]): void {
  if (found.length >= CHANGES_MAX || Object.is(before, after)) return;
  if (!isNode(before) || !isNode(after) || Array.isArray(before) !== Array.isArray(after)) {
    found.push({ path, kind: 'changed', before, after });
    return;
  }
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const place = path === '' ? name : `${path}.${name}`;
    if (!Object.hasOwn(after, name)) found.push({ path: place, kind: 'removed', before: before[name] });
    else if (!Object.hasOwn(before, name)) found.push({ path: place, kind: 'added', after: after[name] });
    else collect(before[name], after[name], place, found);
  }
}

function isNode(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
