/** Names that tell what would not be seen in them: two keys that look alike are not one. */

/** Controls, marks of direction, joiners, spaces of no width. A plain space is seen between letters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSEEN = /[\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The name with each character that has no shape as its number, `a⟨U+200B⟩b`. */
export function visible(name: string): string {
  return name.replace(UNSEEN, (one) => `⟨U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}
