/**
 * Integers that JavaScript cannot hold, found in JSON text before they are rounded.
 *
 * Invariant: a text without such a number costs one pass of a regular expression.
 */

const SUSPECT = /[:,[\s-]\d+(?:\d{15}|(?:\.\d+)?[eE]\+?\d{3})/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const EXACT_MAX = 2n ** 53n;

/** JSON Pointer of the first number of `text` (valid JSON) beyond 2^53 or not finite; undefined without one. */
export function inexactPlace(text: string): string | undefined {
  return SUSPECT.test(text) ? scan(text) : undefined;
}

interface Level {
  readonly isObject: boolean;
  key: string;
  index: number;
  isKeyNext: boolean;
}

function scan(text: string): string | undefined {
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
          if (isInexact(found[0])) return pointerOf(levels);
          at += found[0].length - 1;
        }
      }
    }
    at += 1;
  }
  return undefined;
}

function isInexact(number: string): boolean {
  if (/^-?\d+$/.test(number)) {
    if (number.length < 16) return false;
    const value = BigInt(number);
    return value > EXACT_MAX || value < -EXACT_MAX;
  }
  return !Number.isFinite(Number(number));
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
