/**
 * Owns which regular expressions may stand in a JSON Schema.
 *
 * 1. A pattern that is given out accepts at least what the expression accepts, in the engine's own
 *    engine for patterns (linear, by code points) as in JavaScript's (backtracking, by UTF-16 units).
 * 2. What is not known to be alike in both is not given out: look-around, back references, flags that
 *    change the meaning, word boundaries, Unicode properties, sets.
 *
 * An atom is wide when it matches characters beyond U+FFFF. Those are two units in JavaScript without
 * the flag `u`, so that a wide atom is only alike where no number of characters depends on it.
 */

const REPEATS_MAX = 255;
const GROUP_REPEATS_MAX = 16;
const HARMLESS_FLAGS = /^[dgu]*$/;
const QUANTIFIER = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/;
const ESCAPES: readonly RegExp[] = [
  /^\\[dws]/,
  /^\\[tnrfv]/,
  /^\\x[0-9a-fA-F]{2}/,
  /^\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4}/,
];
const PUNCTUATION = /^\\[!-/:-@[-`{-~]/;
const WIDE_ESCAPE = /^\\[DWS]/;
const ASTRAL = /[\u{10000}-\u{10FFFF}]/u;

interface Atom {
  readonly length: number;
  readonly isWide: boolean;
}

/** Matches every text that holds a character beyond U+FFFF. */
export const ASTRAL_PATTERN = '[\\u{10000}-\\u{10FFFF}]';

/** The source of `expression` when the engine may use it, else undefined. */
export function portablePattern(expression: RegExp): string | undefined {
  const isUnicode = expression.flags.includes('u');
  return HARMLESS_FLAGS.test(expression.flags) && isPortable(expression.source, isUnicode)
    ? expression.source
    : undefined;
}

/** A pattern that matches `text` itself. */
export function literalPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function isPortable(source: string, isUnicode: boolean): boolean {
  let rest = source;
  let needsNarrow = false;
  while (rest !== '') {
    const opening = /^\((?:\?:|\?<[A-Za-z]\w*>|(?!\?))/.exec(rest);
    if (opening) {
      if (needsNarrow) return false;
      rest = rest.slice(opening[0].length);
      continue;
    }
    const first = rest[0];
    if (first === '^' || first === '$' || first === '|') {
      if (needsNarrow && first !== '$') return false;
      needsNarrow = false;
      rest = rest.slice(1);
      if (QUANTIFIER.test(rest)) return false;
      continue;
    }
    const isGroupEnd = first === ')';
    const atom = isGroupEnd ? { length: 1, isWide: false } : atomOf(rest, isUnicode);
    if (atom === undefined || (isGroupEnd && needsNarrow)) return false;
    rest = rest.slice(atom.length);
    const quantifier = QUANTIFIER.exec(rest);
    const isWide = atom.isWide && !isUnicode;
    if (!isAllowed(quantifier, isWide, isGroupEnd)) return false;
    // Two wide atoms side by side may share one character in JavaScript: one half each.
    const isOptional = quantifier !== null && /^(?:[*?]|\{0)/.test(quantifier[0]);
    if (needsNarrow && (isWide || isOptional)) return false;
    needsNarrow = isWide && quantifier?.[0].startsWith('+') === true;
    rest = rest.slice(quantifier?.[0].length ?? 0);
  }
  return true;
}

function isAllowed(quantifier: RegExpExecArray | null, isWide: boolean, isGroup: boolean): boolean {
  if (quantifier === null) return !isWide;
  const [text, least, comma, most] = quantifier;
  if (least === undefined) return true;
  const count = Number(most || least);
  if (comma === ',' && most === '' && isWide) return Number(least) === 0;
  return !isWide && count <= (isGroup ? GROUP_REPEATS_MAX : REPEATS_MAX) && text !== '{,}';
}

function atomOf(rest: string, isUnicode: boolean): Atom | undefined {
  const first = rest[0] ?? '';
  if (first === '.') return { length: 1, isWide: true };
  if (first === '\\') return escapeOf(rest);
  if (first === '[') return classOf(rest);
  if ('*+?{}])('.includes(first)) return undefined;
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  if (ASTRAL.test(character) && !isUnicode) return undefined;
  return { length: character.length, isWide: false };
}

function escapeOf(rest: string): Atom | undefined {
  const wide = WIDE_ESCAPE.exec(rest);
  if (wide) return { length: 2, isWide: true };
  for (const form of [...ESCAPES, PUNCTUATION]) {
    const found = form.exec(rest);
    if (found) return { length: found[0].length, isWide: false };
  }
  return undefined;
}

function classOf(rest: string): Atom | undefined {
  const isNegated = rest.startsWith('[^');
  let at = isNegated ? 2 : 1;
  let isWide = isNegated;
  const start = at;
  while (rest[at] !== ']') {
    const first = rest[at];
    if (first === undefined || first === '[' || ASTRAL.test(rest.slice(at, at + 2))) return undefined;
    if (/^(?:&&|--|~~)/.test(rest.slice(at))) return undefined;
    const one = first === '\\' ? escapeOf(rest.slice(at)) : { length: 1, isWide: false };
    if (one === undefined) return undefined;
    isWide ||= one.isWide;
    at += one.length;
  }
  return at === start ? undefined : { length: at + 1, isWide };
}
