/** Keys by their beginning: they come in order, so that a prefix is a place to begin and a place to end. */

/**
 * A key that stands right before all that begin with `prefix`: the cursor whose page begins with them.
 *
 * Between it and `prefix` there is no key that anybody would write.
 */
export function cursorBefore(prefix: string): string | undefined {
  const letters = [...prefix];
  const last = letters.pop()?.codePointAt(0);
  if (last === undefined) return undefined;
  if (last === 0) return letters.length === 0 ? undefined : letters.join('');
  // 0xD800 to 0xDFFF are no characters.
  const before = last === 0xe000 ? 0xd7ff : last - 1;
  return `${letters.join('')}${String.fromCodePoint(before)}\u{10ffff}`;
}

/** The first entries whose key begins with `prefix`, and whether the end of them was reached. */
export function ofPrefix<Entry extends { key: string }>(
  entries: readonly Entry[],
  prefix: string,
): { entries: readonly Entry[]; isEnd: boolean } {
  const end = entries.findIndex((entry) => !entry.key.startsWith(prefix));
  return end === -1 ? { entries, isEnd: false } : { entries: entries.slice(0, end), isEnd: true };
}
