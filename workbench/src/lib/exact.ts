/**
 * JSON whose integers keep every digit: those that a number cannot hold are read as `bigint`, and
 * written as they were.
 *
 * Invariants
 * 1. `printJson(parseJson(text))` has the integers of `text`, whatever their size.
 * 2. Text without such integers is read by `JSON.parse` alone.
 * 3. What `JSON.parse` refuses is refused, with its words; a number that it would read as infinite too.
 */

// An integer of 17 digits, or of 16 from 2^53 on, where a value may begin. It may stand in a string: that only costs.
const MAY_BE_LONG = /(?:^|[[:,\s-])(?:\d{17,}|9\d{15})/;
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** `JSON.parse` reads such a number as infinite, which would be written as null. */
const MAY_BE_INFINITE = /(?:^|[[:,\s-])(?:\d+(?:\.\d+)?[eE]\+?\d{3}|\d{309})/;
const INTEGER = /^-?\d+$/;

/** The value of a JSON text. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (MAY_BE_INFINITE.test(text)) refuseInfinite(text);
  if (!MAY_BE_LONG.test(text)) return value;
  // Of the value, not of the text: escapes could hide a mark there.
  const mark = markFor(JSON.stringify(value));
  let isLong = false;
  const marked = text.replace(TOKENS, (token) => {
    if (!INTEGER.test(token) || Number.isSafeInteger(Number(token))) return token;
    isLong = true;
    return `"${mark}${token}"`;
  });
  if (!isLong) return value;
  return JSON.parse(marked, (_, part: unknown) =>
    typeof part === 'string' && part.startsWith(mark) ? BigInt(part.slice(mark.length)) : part,
  );
}

function refuseInfinite(text: string): void {
  for (const [token] of text.matchAll(TOKENS)) {
    if (token.startsWith('"') || INTEGER.test(token) || Number.isFinite(Number(token))) continue;
    throw new SyntaxError(`${token} is too large for a number`);
  }
}

/** The JSON text of a value that `parseJson` may have given; `undefined` is null. */
export function printJson(value: unknown, indent = 0): string {
  try {
    return JSON.stringify(value, null, indent) ?? 'null';
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  // Somewhere in it is a bigint: each becomes a string that nothing else is, and is taken out of its quotes.
  const mark = markFor(JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? 0 : part)));
  const marked = JSON.stringify(
    value,
    (_, part: unknown) => (typeof part === 'bigint' ? `${mark}${part}` : part),
    indent,
  );
  return marked.replace(new RegExp(`"${mark}(-?\\d+)"`, 'g'), '$1');
}

/** A word that is nowhere in `text`, so that no stored string is taken for a number. */
function markFor(text: string): string {
  for (let number = 0; ; number++) {
    const mark = `#long${number}:`;
    if (!text.includes(mark.slice(1, -1))) return mark;
  }
}
