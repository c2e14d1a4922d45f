/**
 * JavaScript values to JSON, strictly: what JSON cannot say is refused, never changed in silence.
 *
 * Invariants
 * 1. BigInt, functions, symbols, undefined inside arrays, NaN, Infinity, Map, Set, promises, bytes, lone
 *    surrogates, circular values and those deeper than 64 levels are refused with the place of the first one.
 * 2. Members that are undefined are left out, `toJSON` is honoured, `__proto__` is a key like any other.
 * 3. A value whose text alone is far over the limit is refused before anything of it is written.
 */

import { inspect } from 'node:util';
import { PayloadTooLarge, ValueNotJson } from './errors.js';
import { withoutOwnFrames } from './frames.js';

export const DEPTH_MAX = 64;

/** What is over the limit and larger than this is not even written to learn its exact size. */
const WRITTEN_UNITS_MAX = 8 * 1024 * 1024;
const HINT = 'JSON has objects, arrays, text, finite numbers, true, false and null';
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** UTF-16 units of text that the value under way consists of: a lower bound of its bytes. */
let unitsSeen = 0;

/**
 * `value` as JSON text; undefined is null.
 *
 * `what` names it in errors: "the payload of trigger('x')". Throws `ValueNotJson`, naming the place, or
 * `PayloadTooLarge` when it is over `bytesMax` bytes.
 */
export function encodeJson(value: unknown, what: string, bytesMax = Number.POSITIVE_INFINITY): string {
  if (value === undefined || value === null) return 'null';
  unitsSeen = 0;
  const plain = isPlain(value, 0) ? value : toPlain(value, '', [], what);
  if (unitsSeen > bytesMax && unitsSeen > WRITTEN_UNITS_MAX) throw tooLarge(what, `more than ${unitsSeen}`, bytesMax);
  const text = JSON.stringify(plain);
  if (text.includes('\\ud')) refuseSurrogates(plain, '', what);
  if (text.length * 3 > bytesMax) {
    const bytes = Buffer.byteLength(text);
    if (bytes > bytesMax) throw tooLarge(what, String(bytes), bytesMax);
  }
  return text;
}

/** `value` as JSON for people: what is not JSON is written as text. Never throws. */
export function lenientJson(value: unknown): string {
  try {
    return encodeJson(value, '');
  } catch {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return leaf(value);
    const parts: string[] = [];
    try {
      for (const [key, item] of Object.entries(value)) {
        if (item !== undefined) parts.push(`${JSON.stringify(key.toWellFormed())}:${leaf(item)}`);
      }
    } catch {
      return leaf(value);
    }
    return `{${parts.join(',')}}`;
  }
}

/** A value in an error message: short, on one line, never throwing. */
export function shown(value: unknown): string {
  try {
    const text = inspect(value, {
      depth: 1,
      breakLength: Number.POSITIVE_INFINITY,
      maxStringLength: 100,
      maxArrayLength: 5,
    });
    return text.length > 200 ? `${text.slice(0, 200)}…` : text;
  } catch {
    return typeof value;
  }
}

function leaf(value: unknown): string {
  if (!(value instanceof Error)) {
    try {
      return encodeJson(value, '');
    } catch {
      // written as text below
    }
  }
  let text: string;
  try {
    text =
      typeof value === 'string' ? value : inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000 });
  } catch {
    text = `(a value of type ${typeof value} that cannot be shown)`;
  }
  return JSON.stringify(withoutOwnFrames(text).toWellFormed());
}

/** Whether JSON.stringify writes `value` as it is; the quick way for nearly all values. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      unitsSeen += value.length;
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return true;
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth >= DEPTH_MAX) return false;
  if (Array.isArray(value)) {
    if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return false;
    for (let index = 0; index < value.length; index++) {
      if (!isPlain(value[index], depth + 1)) return false;
    }
    return true;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return false;
  const keys = Object.keys(value);
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    unitsSeen += key.length;
    const item = (value as Record<string, unknown>)[key];
    if (item !== undefined && !isPlain(item, depth + 1)) return false;
  }
  return true;
}

/** `value` with everything replaced that JSON.stringify would change in silence; refuses what has no JSON. */
function toPlain(value: unknown, path: string, above: readonly object[], what: string): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw refusal(what, path, `the number ${value}`);
      return value;
    case 'bigint':
      throw refusal(what, path, 'a BigInt', 'write it as text: String(value)');
    case 'undefined':
      throw refusal(what, path, 'undefined in an array', 'write null');
    case 'function':
      throw refusal(what, path, `the function ${value.name || '(without a name)'}`);
    case 'symbol':
      throw refusal(what, path, 'a symbol');
    default:
      return value === null ? null : objectToPlain(value as object, path, above, what);
  }
}

function objectToPlain(value: object, path: string, above: readonly object[], what: string): unknown {
  const at = above.indexOf(value);
  if (at !== -1) throw refusal(what, path, 'a value that contains itself (it is circular)');
  if (above.length >= DEPTH_MAX) throw refusal(what, path, `a value nested deeper than ${DEPTH_MAX} levels`);
  const inner = [...above, value];
  const toJSON = (value as { toJSON?: unknown }).toJSON;
  if (typeof toJSON === 'function' && !ArrayBuffer.isView(value)) {
    if (value instanceof Date && Number.isNaN(value.getTime())) throw refusal(what, path, 'an invalid Date');
    const key = path.slice(path.lastIndexOf('/') + 1);
    const replaced = toJSON.call(value, key) as unknown;
    if (replaced === value) return membersToPlain(value, path, inner, what);
    return replaced === undefined ? null : toPlain(replaced, path, inner, what);
  }
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (let index = 0; index < value.length; index++)
      items.push(toPlain(value[index], `${path}/${index}`, inner, what));
    return items;
  }
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    return toPlain(value.valueOf(), path, inner, what);
  }
  const reason = unsayable(value);
  if (reason !== undefined) throw refusal(what, path, reason[0], reason[1]);
  return membersToPlain(value, path, inner, what);
}

function membersToPlain(value: object, path: string, above: readonly object[], what: string): unknown {
  // Without a prototype, so that a key `__proto__` stays a key.
  const plain: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) plain[key] = toPlain(item, `${path}/${pointerPart(key)}`, above, what);
  }
  return plain;
}

function unsayable(value: object): readonly [string, string] | undefined {
  if (value instanceof Map) return ['a Map', 'write Object.fromEntries(map)'];
  if (value instanceof Set) return ['a Set', 'write [...set]'];
  if (value instanceof Promise) return ['a promise', 'await it'];
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return ['bytes', 'write them as base64 text'];
  if (value instanceof Error) return ['an Error', 'write its name and message'];
  if (value instanceof RegExp) return ['a regular expression', 'write its source'];
  if (value instanceof WeakMap || value instanceof WeakSet) return ['a weak collection', HINT];
  return undefined;
}

function refuseSurrogates(value: unknown, path: string, what: string): void {
  if (typeof value === 'string') {
    if (LONE_SURROGATE.test(value))
      throw refusal(what, path, 'text with a lone surrogate', 'write text.toWellFormed()');
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (LONE_SURROGATE.test(key)) throw refusal(what, `${path}/(key)`, 'a key with a lone surrogate');
      refuseSurrogates(item, `${path}/${pointerPart(key)}`, what);
    }
  }
}

function pointerPart(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1').toWellFormed();
}

function refusal(what: string, path: string, reason: string, hint: string = HINT): ValueNotJson {
  return new ValueNotJson(`${what} is not JSON: ${reason}${path === '' ? '' : ` at ${path}`}`, { hint });
}

function tooLarge(what: string, bytes: string, bytesMax: number): PayloadTooLarge {
  return new PayloadTooLarge(`${what} is ${bytes} bytes of JSON; the limit is ${bytesMax}`, {
    hint: 'store what is large elsewhere and send a reference to it',
  });
}
