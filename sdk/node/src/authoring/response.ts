/**
 * What an api handler answers, and how it becomes status, headers and bytes.
 *
 * Header values that could smuggle a second header (CR, LF, NUL) are refused; `content-length` and
 * `transfer-encoding` belong to the engine and are dropped.
 */

import type { Response } from '../types.js';
import { encodeJson, shown } from './encoding.js';
import { CallerError } from './errors.js';

export type Pairs = readonly (readonly [string, string])[];

/** Headers by name; an array repeats the header (`set-cookie`). */
export type HeaderValues =
  | Readonly<Record<string, string | number | readonly string[] | undefined>>
  | Iterable<readonly [string, string]>;

const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const BREAKS = /[\0\r\n]/;
const ENGINE_HEADERS: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
]);
const SSE_HEADERS: Pairs = [
  ['content-type', 'text/event-stream; charset=utf-8'],
  ['cache-control', 'no-cache'],
  ['x-accel-buffering', 'no'],
];
const NOTHING = Buffer.alloc(0);

/** An answer: built by `response()`, or from what a handler returned. */
export class Answer implements Response {
  readonly body: unknown;
  readonly status: number;
  /** As they are sent, names in lower case. */
  readonly pairs: Pairs;
  /** Whether its pieces are server-sent events. */
  readonly isSse: boolean;

  constructor(body: unknown, status: number, pairs: Pairs, isSse = false) {
    this.body = body;
    this.status = status;
    this.pairs = pairs;
    this.isSse = isSse;
  }

  get headers(): Record<string, string | string[]> {
    const headers: Record<string, string | string[]> = {};
    for (const [name, value] of this.pairs) {
      const known = headers[name];
      if (known === undefined) headers[name] = value;
      else headers[name] = Array.isArray(known) ? [...known, value] : [known, value];
    }
    return headers;
  }

  withHeader(name: string, value: string): Answer {
    return new Answer(this.body, this.status, [...this.pairs, ...pairsOf({ [name]: value })], this.isSse);
  }

  /** Whether it has a header of this name (in lower case). */
  has(name: string): boolean {
    return this.pairs.some(([known]) => known === name);
  }
}

/**
 * An answer of an api handler.
 *
 * `body`: any JSON value; text and bytes are sent as they are; a Node or web stream, or an (async)
 * iterable of text or bytes, is streamed piece by piece; nothing: no body. `status` 200 to 599.
 * Without `content-type` it follows from the body. Throws `CallerError` when status or a header cannot be sent.
 */
export function response(body?: unknown, options: { status?: number; headers?: HeaderValues } = {}): Response {
  const { status = 200, headers = {} } = options;
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new CallerError(`a response has a status from 200 to 599, not ${shown(status)}`);
  }
  return new Answer(body, status, pairsOf(headers));
}

/** One event of a server-sent stream with its fields; built by `sse()`. */
export class ServerSentEvent {
  readonly data: unknown;
  readonly event: string;
  readonly id: string;
  readonly retryMs: number | undefined;

  constructor(data: unknown, event: string, id: string, retryMs: number | undefined) {
    this.data = data;
    this.event = event;
    this.id = id;
    this.retryMs = retryMs;
  }
}

/** An item for a generator handler that names its event type, id or reconnection delay (ms). */
export function sse(data?: unknown, options: { event?: string; id?: string; retryMs?: number } = {}): ServerSentEvent {
  const { event = '', id = '', retryMs } = options;
  for (const text of [event, id]) {
    if (typeof text !== 'string' || BREAKS.test(text)) {
      throw new CallerError(`event and id of a server-sent event are one line of text, not ${shown(text)}`);
    }
  }
  if (retryMs !== undefined && (!Number.isInteger(retryMs) || retryMs < 0)) {
    throw new CallerError(`retryMs of a server-sent event is whole ms, not ${shown(retryMs)}`);
  }
  return new ServerSentEvent(data, event, id, retryMs);
}

/** The answer that a handler's return value stands for. */
export function answerOf(value: unknown): Answer {
  if (value instanceof Answer) return value;
  if (value === undefined || value === null) return new Answer(undefined, 204, []);
  if (typeof value !== 'object') return new Answer(value, 200, []);
  if (isIterator(value)) return new Answer(value, 200, SSE_HEADERS, true);
  return new Answer(value, 200, []);
}

/** The pieces of a body that is streamed; undefined for one that is sent whole. */
export function piecesOf(body: unknown): AsyncIterator<unknown> | Iterator<unknown> | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || ArrayBuffer.isView(body)) return undefined;
  const { [Symbol.asyncIterator]: iterateAsync, [Symbol.iterator]: iterate } = body as Partial<
    AsyncIterable<unknown> & Iterable<unknown>
  >;
  if (typeof iterateAsync === 'function') return iterateAsync.call(body);
  if (typeof iterate === 'function' && !(body instanceof String)) return iterate.call(body);
  return undefined;
}

/** Headers (with content-type) and bytes of an answer that is sent whole. Throws `ValueNotJson`. */
export function encodeBody(answer: Answer, what: string): [Pairs, Uint8Array] {
  const { body, pairs } = answer;
  if (body === undefined || body === null) return [pairs, NOTHING];
  let content: Uint8Array;
  let media: string;
  if (typeof body === 'string') {
    content = Buffer.from(body);
    media = 'text/plain; charset=utf-8';
  } else if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) {
    content = bytesOf(body);
    media = 'application/octet-stream';
  } else {
    content = Buffer.from(encodeJson(body, what));
    media = 'application/json';
  }
  return [pairs.length > 0 && answer.has('content-type') ? pairs : [['content-type', media], ...pairs], content];
}

/** The bytes of one item of a stream. Throws `ValueNotJson`, or `CallerError` for what is neither text nor bytes. */
export function encodePiece(item: unknown, isSse: boolean, what: string): Uint8Array {
  if (isSse) return Buffer.from(sseText(item, what));
  if (typeof item === 'string') return Buffer.from(item);
  if (ArrayBuffer.isView(item) || item instanceof ArrayBuffer) return bytesOf(item);
  throw new CallerError(`${what} yielded ${shown(item)}: a streamed body consists of text or bytes`);
}

function isIterator(value: object): boolean {
  const candidate = value as { next?: unknown; [Symbol.asyncIterator]?: unknown; [Symbol.iterator]?: unknown };
  const isIterable =
    typeof candidate[Symbol.asyncIterator] === 'function' || typeof candidate[Symbol.iterator] === 'function';
  return isIterable && typeof candidate.next === 'function';
}

function sseText(item: unknown, what: string): string {
  let head = '';
  if (item instanceof ServerSentEvent) {
    if (item.event !== '') head += `event: ${item.event}\n`;
    if (item.id !== '') head += `id: ${item.id}\n`;
    if (item.retryMs !== undefined) head += `retry: ${item.retryMs}\n`;
    item = item.data;
  }
  if (ArrayBuffer.isView(item) || item instanceof ArrayBuffer) item = Buffer.from(bytesOf(item)).toString('utf8');
  if (typeof item === 'string') {
    return `${head}${item
      .split(/\r\n|\r|\n/)
      .map((line) => `data: ${line}\n`)
      .join('')}\n`;
  }
  return `${head}data: ${encodeJson(item, what)}\n\n`;
}

function bytesOf(value: ArrayBufferView | ArrayBuffer): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function pairsOf(headers: HeaderValues): Pairs {
  const pairs: [string, string][] = [];
  const entries: Iterable<readonly [string, unknown]> = Symbol.iterator in headers ? headers : Object.entries(headers);
  for (const [name, value] of entries) {
    if (value === undefined || value === null) continue;
    const lowered = nameOf(name);
    for (const one of Array.isArray(value) ? value : [value]) pairs.push([lowered, textOf(name, one)]);
  }
  return pairs.filter(([name]) => !ENGINE_HEADERS.has(name));
}

function nameOf(name: unknown): string {
  const lowered = String(name).toLowerCase();
  if (!NAME.test(lowered)) throw new CallerError(`${shown(name)} is no name of a header`);
  return lowered;
}

function textOf(name: string, value: unknown): string {
  const text = String(value);
  if (BREAKS.test(text)) throw new CallerError(`the header ${shown(name)} has a line break or NUL in its value`);
  return text.toWellFormed();
}
