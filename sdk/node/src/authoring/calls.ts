/**
 * What a handler asks of the engine: `trigger` and `call`. Both send at once, awaited or not.
 *
 * Invariants
 * 1. What is not JSON, or larger than the limit, is refused before anything is sent.
 * 2. A call that nobody waits for is carried out all the same; its failure is logged, and is no
 *    unhandled rejection.
 */

import type { Call, Duration, Trigger, TriggerOptions } from '../types.js';
import { closest } from './closest.js';
import { durationMs } from './durations.js';
import { encodeJson, shown } from './encoding.js';
import { CallerError } from './errors.js';
import { type Invocation, requireCurrent } from './invocation.js';

export const WAIT_MS_DEFAULT = 60_000;

const TRIGGER_OPTIONS = ['delay', 'at', 'key', 'idempotencyKey', 'priority', 'unique', 'wait'] as const;
const CALL_OPTIONS = ['timeout', 'key', 'idempotencyKey', 'priority', 'unique'] as const;

type CallOptions = Pick<TriggerOptions, 'key' | 'idempotencyKey' | 'priority' | 'unique'> & { timeout?: Duration };

/** Send an event to a step, or to the subscribers of a topic; see `Trigger`. */
export const trigger: Trigger = (target, payload, options) => {
  const what = `trigger(${shown(target)})`;
  return send('trigger', what, same, (invocation) =>
    eventArgs(invocation, target, payload, what, options, triggerOptions),
  );
};

/** Run a step and resolve to its result; see `Call`. */
export const call: Call = (target, payload, options) => {
  const what = `call(${shown(target)})`;
  return send('call', what, same, (invocation) => eventArgs(invocation, target, payload, what, options, callOptions));
};

/**
 * Send a call of the current invocation; `args` writes its arguments as JSON text.
 *
 * Rejects with what `args` throws, or with the mapped error of the engine.
 */
export function send<T>(
  op: string,
  what: string,
  finish: (value: any) => T,
  args: (invocation: Invocation) => string,
): Promise<T> {
  let invocation: Invocation;
  try {
    invocation = requireCurrent(what);
  } catch (error) {
    return Promise.reject(error);
  }
  let text: string;
  try {
    text = args(invocation);
  } catch (error) {
    return invocation.port.refuse(invocation, error, what);
  }
  return invocation.port.call(invocation, op, text, what, finish);
}

/** A duration of an option in whole ms. Throws `CallerError`. */
export function optionMs(value: unknown, name: string): number {
  const ms = durationMs(value);
  if (ms === undefined || ms > 1e14) {
    throw new CallerError(`${name} is seconds (0 or more) or text such as '30s', not ${shown(value)}`);
  }
  return Math.round(ms);
}

/** Refuse an option that nobody reads. Throws `CallerError`. */
export function checkOptions(options: unknown, known: readonly string[], what: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new CallerError(`the options of ${what} are an object, not ${shown(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new CallerError(`${what} has no option ${shown(name)}`, { hint: closest(name, known) });
    }
  }
}

function same(value: unknown): any {
  return value;
}

function eventArgs<Options extends object>(
  invocation: Invocation,
  target: string,
  payload: unknown,
  what: string,
  options: Options | undefined,
  write: (options: Options, what: string) => string,
): string {
  if (typeof target !== 'string' || target === '') {
    throw new CallerError(`the target is the id of a step or a topic, not ${shown(target)}`);
  }
  const body =
    payload === undefined ? '{}' : encodeJson(payload, `the payload of ${what}`, invocation.port.payloadBytesMax);
  const more = options == null ? '' : write(options, what);
  return `{"target":${encodeJson(target, `the target of ${what}`)},"payload":${body}${more}}`;
}

function triggerOptions(options: TriggerOptions, what: string): string {
  checkOptions(options, TRIGGER_OPTIONS, what);
  const { delay, at, wait } = options;
  let text = '';
  if (delay != null) text += `,"delay_ms":${optionMs(delay, 'delay')}`;
  if (at != null) text += `,"at":${instantOf(at)}`;
  if (wait != null && wait !== false) text += `,"wait_ms":${wait === true ? WAIT_MS_DEFAULT : optionMs(wait, 'wait')}`;
  return text + commonOptions(options, what);
}

function callOptions(options: CallOptions, what: string): string {
  checkOptions(options, CALL_OPTIONS, what);
  const timeout = options.timeout == null ? '' : `,"timeout_ms":${optionMs(options.timeout, 'timeout')}`;
  return timeout + commonOptions(options, what);
}

function commonOptions(options: CallOptions, what: string): string {
  let text = '';
  if (options.key != null) text += `,"key":${encodeJson(options.key, `the key of ${what}`)}`;
  if (options.idempotencyKey != null) {
    text += `,"idempotency_key":${encodeJson(options.idempotencyKey, `the idempotencyKey of ${what}`)}`;
  }
  if (options.priority != null) text += `,"priority":${encodeJson(options.priority, `the priority of ${what}`)}`;
  if (options.unique != null) text += `,"unique":${encodeJson(options.unique, `unique of ${what}`)}`;
  return text;
}

function instantOf(at: unknown): number {
  const ms = at instanceof Date ? at.getTime() : at;
  if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0) {
    throw new CallerError(`at is a Date or ms since the epoch, not ${shown(at)}`);
  }
  return Math.round(ms);
}
