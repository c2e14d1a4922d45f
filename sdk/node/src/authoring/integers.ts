/**
 * Numbers that JavaScript cannot hold, found in JSON text before they are rounded.
 *
 * An integer of more than 15 digits is refused when JavaScript would not write it back as the same text:
 * so what another Node step wrote always passes.
 *
 * Invariant: a text without such a number costs one pass of a regular expression.
 */

/** The first number of a text that JavaScript cannot hold. */
export interface Inexact {
  /** JSON Pointer. */
  readonly path: string;
  readonly message: string;
}

const SUSPECT = /(?:^|[:,[\s-])\d+(?:\d{15}|(?:\.\d+)?[eE]\+?\d{3})/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const INTEGER = /^-?\d+$/;
const DIGITS_EXACT = 15;

/** The first number of `text` (valid JSON) that JavaScript cannot hold; undefined without one. */
export function findInexact(text: string): Inexact | undefined {
  return SUSPECT.test(text) ? scan(text) : undefined;
}

interface Level {
  readonly isObject: boolean;
  key: string;
  index: number;
  isKeyNext: boolean;
}

function scan(text: string): Inexact | undefined {
  const levels: Level[] = [];
  let at = 0;
  while (at < text.length) {
    const level = levels.at(-1);
    switch (text[at]) {
      case '{':
        levels.push({ isObject: true, key: '', index: 0, isKeyNext: true });
        break;
      case '[':
        levels.push({ isObject: false, key: '', index: 0, isKeyNext: false });
        break;
      case '}':
      case ']':
        levels.pop();
        break;
      case ',':
        if (level !== undefined) {
          level.index += 1;
          level.isKeyNext = level.isObject;
        }
        break;
      case '"': {
        const end = endOfText(text, at);
        if (level?.isKeyNext) {
          level.key = JSON.parse(text.slice(at, end)) as string;
          level.isKeyNext = false;
        }
        at = end - 1;
        break;
      }
      default: {
        NUMBER.lastIndex = at;
        const found = NUMBER.exec(text);
        if (found !== null) {
          const message = complaintOf(found[0]);
          if (message !== undefined) return { path: pointerOf(levels), message };
          at += found[0].length - 1;
        }
      }
    }
    at += 1;
  }
  return undefined;
}

function complaintOf(token: string): string | undefined {
  const value = Number(token);
  if (!INTEGER.test(token)) return Number.isFinite(value) ? undefined : 'is a number that JavaScript cannot hold';
  if (token.length <= DIGITS_EXACT || String(value) === token) return undefined;
  return 'is an integer beyond 2^53, which JavaScript cannot hold exactly';
}

function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function pointerOf(levels: readonly Level[]): string {
  return levels
    .map((level) => `/${level.isObject ? level.key.replaceAll('~', '~0').replaceAll('/', '~1') : level.index}`)
    .join('');
}
