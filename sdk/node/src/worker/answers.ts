/** What a handler returned or threw, as the message that answers its invocation. */

import { encodeJson, lenientJson } from '../authoring/encoding.js';
import {
  Cancelled,
  Fatal,
  HttpError,
  InputInvalid,
  MotiaError,
  PayloadTooLarge,
  RetryAfter,
  ValueNotJson,
  WorldError,
} from '../authoring/errors.js';
import { type Answer, encodeBody } from '../authoring/response.js';
import { BLOB_BYTES_MAX } from '../protocol/frames.js';
import type { Frame, Running } from './running.js';
import { authorStack, cut, describe } from './stacks.js';

const MESSAGE_BYTES_MAX = 16_384;

/** Limits of the engine, and where the project is. */
export interface AnswerLimits {
  root: string;
  payloadBytesMax: number;
  stackBytesMax: number;
}

/** The handler's result cannot be sent; trying again would not help. */
export class ResultRefused extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** The answer with the result of an event or cron handler. Throws `ResultRefused`. */
export function resultFrame(running: Running, value: unknown, limits: AnswerLimits): Frame {
  if (value === undefined || value === null)
    return { text: `{"type":"result","invocation":${running.number}${times(running)}}` };
  let body: string;
  try {
    body = encodeJson(value, `the result of step '${running.step}'`, limits.payloadBytesMax);
  } catch (error) {
    throw refused(error);
  }
  return { text: `{"type":"result","invocation":${running.number},"value":${body}${times(running)}}` };
}

/** The answer of an api handler, whole. Throws `ResultRefused`. */
export function responseFrame(running: Running, answer: Answer): Frame {
  const what = `the response of step '${running.step}'`;
  let encoded: ReturnType<typeof encodeBody>;
  try {
    encoded = encodeBody(answer, what);
  } catch (error) {
    throw refused(error);
  }
  const [headers, blob] = encoded;
  if (blob.length > BLOB_BYTES_MAX) {
    throw new ResultRefused(
      'PayloadTooLarge',
      `${what} is ${blob.length} bytes; stream what is over ${BLOB_BYTES_MAX}`,
    );
  }
  return { text: `${headText(running, answer.status, headers)}${times(running)}}`, blob };
}

/** The answer that opens a streamed response. */
export function streamFrame(running: Running, answer: Answer): Frame {
  const { pairs } = answer;
  const headers = answer.has('content-type')
    ? pairs
    : [['content-type', 'application/octet-stream'] as const, ...pairs];
  return { text: `${headText(running, answer.status, headers)},"stream":true${times(running)}}` };
}

/** The fields of a failure besides those of every one. */
interface FailureFields {
  name: string;
  message: string;
  kind?: string;
  stack?: string;
  retry_after_ms?: number;
  status?: number;
  headers?: [string, string][];
  problems?: readonly unknown[];
  /** JSON text. */
  details?: string;
}

/** The answer for what a handler threw. Never throws. */
export function failureFrame(running: Running, error: unknown, limits: AnswerLimits): Frame {
  const { details, ...fields } = failureOf(running, error, limits);
  const more = details === undefined ? '' : `,"details":${details}`;
  return {
    text: `${JSON.stringify({ type: 'failure', invocation: running.number, ...fields }).slice(0, -1)}${more}${times(running)}}`,
  };
}

/** The failure that something thrown stands for. Never throws. */
export function failureOf(running: Running, error: unknown, limits: AnswerLimits): FailureFields {
  const described = describe(error);
  const name = clean(described.name);
  const message = clean(cut(textOf(error, described.message), MESSAGE_BYTES_MAX));
  if (error instanceof InputInvalid)
    return { name: 'ValidationError', message, kind: 'validation', problems: error.problems };
  if (error instanceof ResultRefused) return { name, message, kind: 'fatal' };
  if (running.cancelReason !== '' && isCancellation(running, error)) return cancelledFields(running.cancelReason);
  const stack = clean(cut(authorStack(error, limits.root), limits.stackBytesMax));
  if (error instanceof HttpError) {
    const headers = Object.entries(error.headers).map(([key, value]): [string, string] => [
      key.toLowerCase(),
      clean(String(value)),
    ]);
    const details =
      error.details === undefined || error.details === null ? {} : { details: lenientJson(error.details) };
    return { name, message, kind: 'http', stack, status: error.status, headers, ...details };
  }
  if (error instanceof RetryAfter)
    return { name, message, kind: 'retry_after', stack, retry_after_ms: error.retryAfterMs };
  if (error instanceof WorldError && error.status === 503 && running.run === '') {
    // Nobody's fault and soon over: the client hears 503 with Retry-After, not a 500.
    return { name, message, kind: 'retry_after', stack, retry_after_ms: error.retryAfterMs };
  }
  return { name, message, kind: error instanceof Fatal ? 'fatal' : 'error', stack };
}

/** The answer to an invocation whose handler did not stop in time, or was not entered. */
export function cancelledFrame(running: Running): Frame {
  const fields = { type: 'failure', invocation: running.number, ...cancelledFields(running.cancelReason) };
  return { text: `${JSON.stringify(fields).slice(0, -1)}${times(running)}}` };
}

/** Text that UTF-8 can carry. */
export function clean(text: string): string {
  return text.toWellFormed();
}

function cancelledFields(reason: string): FailureFields {
  return { name: 'Cancelled', message: clean(`cancelled: ${reason}`), kind: 'cancelled' };
}

function isCancellation(running: Running, error: unknown): boolean {
  if (error === running.cancelReason || error instanceof Cancelled) return true;
  return error instanceof Error && error.name === 'AbortError';
}

function headText(running: Running, status: number, headers: readonly (readonly [string, string])[]): string {
  return `{"type":"result","invocation":${running.number},"status":${status},"headers":${JSON.stringify(headers)}`;
}

function times(running: Running): string {
  const now = performance.now();
  const entered = running.enteredMono || now;
  const handlerUs = Math.round((now - entered) * 1_000);
  const waitUs = Math.max(Math.round((entered - running.readMono) * 1_000), 0);
  return `,"handler_us":${handlerUs},"wait_us":${waitUs}`;
}

function refused(error: unknown): unknown {
  if (error instanceof ValueNotJson) return new ResultRefused('ResultNotJson', `${error.message} (${error.hint})`);
  if (error instanceof PayloadTooLarge) return new ResultRefused('PayloadTooLarge', error.message);
  return error;
}

function textOf(error: unknown, message: string): string {
  return error instanceof MotiaError && error.hint !== '' ? `${message} (${error.hint})` : message;
}
