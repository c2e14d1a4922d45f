/** What the feed says of changes of state: groups and keys, never values; sometimes less exactly. */
import type { FeedItem } from '../../api/feed';

/** Kinds of the feed that say so. */
export const CHANGES = ['state'] as const;

interface Changed {
  /** null: some group, not said which. */
  group: string | null;
  keys: readonly string[];
  /** There are no others of the group that changed. */
  are_all: boolean;
}

/** Whether something of the group may have changed. */
export function concernsGroup(item: Pick<FeedItem, 'data'>, group: string): boolean {
  const changed = item.data as unknown as Changed;
  return changed.group === null || changed.group === group;
}

/** Whether the key may have changed. */
export function concernsKey(item: Pick<FeedItem, 'data'>, group: string, key: string): boolean {
  const changed = item.data as unknown as Changed;
  return concernsGroup(item, group) && (!changed.are_all || changed.keys.includes(key));
}
