/** Checks of the values that step makers take. Each reads one option and says what is wrong with it. */

import type { Middleware } from '../types.js';
import { closest } from './closest.js';
import { durationMs } from './durations.js';
import { shown } from './encoding.js';

export const ID_BYTES_MAX = 255;
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

const DURATION_MAX_MS = 366 * 86_400_000;
const PATH_PART = /^(?::[A-Za-z_][A-Za-z0-9_]*|\*|[^:*?#\s/]+)$/;
const CONTROL_MAX = 0x1f;

/** An option has a value it cannot have; `hint` says which it can. */
export class OptionWrong extends Error {
  readonly hint: string;

  constructor(message: string, hint = '') {
    super(message);
    this.hint = hint;
  }
}

/** Attempts at once over all workers, as the manifest says it. */
export interface Concurrency {
  readonly limit: number;
  readonly key: string | null;
}

/** Delays between attempts, as the manifest says them. */
export interface Backoff {
  readonly initial_ms: number;
  readonly factor: number;
  readonly cap_ms: number;
  readonly jitter: boolean;
}

const BACKOFF: Backoff = { initial_ms: 1_000, factor: 2, cap_ms: 60_000, jitter: true };

/** An id of a step or topic: text of 1 to 255 bytes without control characters. */
export function stepId(value: unknown, name = 'id'): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new OptionWrong(`${name} is ${shown(value)}`, "an id is text that is not empty, such as 'resize-image'");
  }
  const bytes = Buffer.byteLength(value);
  if (bytes > ID_BYTES_MAX) throw new OptionWrong(`${name} is ${bytes} bytes long`, `at most ${ID_BYTES_MAX}`);
  if ([...value].some((char) => (char.codePointAt(0) as number) <= CONTROL_MAX) || !value.isWellFormed()) {
    throw new OptionWrong(`${name} is ${shown(value)}`, 'an id has no control characters');
  }
  return value;
}

/** A list of ids; a single one may be written without the list. */
export function ids(value: unknown, name: string): string[] {
  if (typeof value === 'string') return [stepId(value, name)];
  if (!Array.isArray(value)) throw new OptionWrong(`${name} is ${shown(value)}`, `write ${name}: ['one', 'two']`);
  return value.map((one) => stepId(one, name));
}

/** Any text. */
export function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new OptionWrong(`${name} is ${shown(value)}`, `${name} is text`);
  return value.toWellFormed();
}

/** Text that is not empty. */
export function filledText(value: unknown, name: string): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new OptionWrong(`${name} is ${shown(value)}`, `${name} is text that is not empty`);
  }
  return value.toWellFormed();
}

/** Seconds as a number, or '5m' as text; in whole ms. */
export function milliseconds(value: unknown, name: string, isZeroAllowed = false): number {
  const hint = `${name} is seconds, such as ${name}: 30, or text such as '500ms', '30s', '5m', '1h'`;
  const ms = durationMs(value);
  if (ms === undefined && typeof value !== 'number') throw new OptionWrong(`${name} is ${shown(value)}`, hint);
  if (ms === undefined || ms > DURATION_MAX_MS || (ms < 1 && !(isZeroAllowed && ms === 0))) {
    throw new OptionWrong(`${name} is ${shown(value)}`, `${hint}; more than 0 and at most a year`);
  }
  return Math.round(ms);
}

/** An integer of at least `least`. */
export function wholeNumber(value: unknown, name: string, least: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
    throw new OptionWrong(`${name} is ${shown(value)}`, `${name} is a whole number of at least ${least}`);
  }
  return value;
}

/** One of a few words. */
export function oneOf(value: unknown, name: string, known: readonly string[]): string {
  if (typeof value !== 'string' || !known.includes(value)) {
    throw new OptionWrong(`${name} is ${shown(value)}`, closest(String(value), known));
  }
  return value;
}

/** An HTTP method, in upper case. */
export function method(value: unknown): string {
  const name = typeof value === 'string' ? value.toUpperCase() : value;
  if (!(METHODS as readonly unknown[]).includes(name)) {
    throw new OptionWrong(`method is ${shown(value)}`, `one of ${METHODS.join(', ')}`);
  }
  return name as string;
}

/** A path of an api step: starts with a slash, `:name` for parameters, no name twice. */
export function path(value: unknown): string {
  if (typeof value !== 'string' || !value.startsWith('/')) {
    throw new OptionWrong(`path is ${shown(value)}`, 'a path starts with a slash: /users/:id');
  }
  const parts = value.split('/').filter((part) => part !== '');
  for (const part of parts) {
    if (!PATH_PART.test(part)) {
      throw new OptionWrong(
        `path ${shown(value)} has the part ${shown(part)}`,
        'a part is plain text or one parameter such as :id',
      );
    }
  }
  const names = parts.filter((part) => part.startsWith(':'));
  for (const name of names) {
    if (names.indexOf(name) !== names.lastIndexOf(name)) {
      throw new OptionWrong(`path ${shown(value)} has the parameter ${name} twice`, 'give each parameter its own name');
    }
  }
  return value;
}

/** A limit, or `{ limit, key }`. */
export function concurrency(value: unknown): Concurrency {
  if (typeof value !== 'object' || value === null) {
    return { limit: wholeNumber(value, 'concurrency', 1), key: null };
  }
  const { limit, key, ...rest } = value as { limit?: unknown; key?: unknown };
  if (limit === undefined || Object.keys(rest).length > 0) {
    throw new OptionWrong(`concurrency is ${shown(value)}`, "write concurrency: { limit: 4, key: 'userId' }");
  }
  return {
    limit: wholeNumber(limit, 'concurrency.limit', 1),
    key: key == null ? null : filledText(key, 'concurrency.key'),
  };
}

/** Seconds before the first retry, or `{ initial, factor, cap, jitter }`. */
export function backoff(value: unknown): Backoff {
  if (typeof value !== 'object' || value === null) {
    const initial = milliseconds(value, 'backoff', true);
    return { ...BACKOFF, initial_ms: initial, cap_ms: Math.max(BACKOFF.cap_ms, initial) };
  }
  const known = ['initial', 'factor', 'cap', 'jitter'];
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) throw new OptionWrong(`backoff has ${shown(name)}`, closest(name, known));
  }
  const { initial = 1, factor = BACKOFF.factor, cap, jitter = true } = value as Record<string, unknown>;
  const initialMs = milliseconds(initial, 'backoff.initial', true);
  const capMs = cap === undefined ? Math.max(BACKOFF.cap_ms, initialMs) : milliseconds(cap, 'backoff.cap');
  if (typeof factor !== 'number' || !(factor >= 1 && factor <= 1_000)) {
    throw new OptionWrong(`backoff.factor is ${shown(factor)}`, 'a number from 1 (always the same delay) up');
  }
  if (typeof jitter !== 'boolean') throw new OptionWrong(`backoff.jitter is ${shown(jitter)}`, 'true or false');
  if (capMs < initialMs) {
    throw new OptionWrong(`backoff.cap (${capMs} ms) is below backoff.initial (${initialMs} ms)`, 'raise the cap');
  }
  return { initial_ms: initialMs, factor, cap_ms: capMs, jitter };
}

/** An IANA zone. */
export function timezone(value: unknown): string {
  const name = filledText(value, 'timezone');
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    const hint = closest(name, [...Intl.supportedValuesOf('timeZone'), 'UTC']);
    throw new OptionWrong(`timezone is ${shown(value)}`, hint.slice(0, 200));
  }
  return name;
}

/** Functions `(request, ctx, next)`. */
export function middleware(value: unknown): Middleware[] {
  const functions: unknown[] = Array.isArray(value) ? value : [value];
  for (const one of functions) {
    if (typeof one !== 'function') {
      throw new OptionWrong(`middleware has ${shown(one)}`, 'a middleware is a function (request, ctx, next)');
    }
  }
  return functions as Middleware[];
}
