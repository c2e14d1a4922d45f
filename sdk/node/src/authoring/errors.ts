/**
 * Errors: what a handler throws to say how its run goes on, and what calls reject with.
 *
 *     Error
 *     ├── Outcome
 *     │   ├── HttpError      answer the request with this status
 *     │   ├── Fatal          do not try the run again
 *     │   ├── RetryAfter     try it again after so long
 *     │   └── Cancelled      the run stopped because it was cancelled
 *     └── MotiaError
 *         ├── AuthorError
 *         │   └── StepFault          a step is declared wrongly (outside a worker; inside it is a fault)
 *         ├── CallerError            the same again will fail again
 *         │   ├── PayloadInvalid     a payload does not fit the target's schema; `problems` lists every place
 *         │   ├── PayloadTooLarge, UnknownTarget, IdempotencyConflict, RunNotFound, RunConflict
 *         │   ├── ValueNotJson       a payload, result or state value is not JSON
 *         │   ├── InputInvalid       the input of a handler does not fit its schema
 *         │   ├── NotInHandler       trigger, call or state were used outside a handler
 *         │   ├── InvocationOver     … or after the handler was answered
 *         │   └── CallFailed         the step that `call` ran failed; `error` is its final error
 *         └── WorldError             nobody is at fault: try again
 *             ├── LedgerUnavailable, QueueFull, WorkerUnavailable, Draining, CallTimeout
 */

import type { Fault } from '../loading/loader.js';
import type { Problem } from '../schemas/reader.js';
import type { Duration } from '../types.js';
import { durationMs } from './durations.js';

function named(target: { prototype: object }, name: string, code?: string, status?: number): void {
  // On the prototype, because a bundler may rename a class, and own properties would show in logs.
  const values = { name, ...(code === undefined ? {} : { code }), ...(status === undefined ? {} : { status }) };
  for (const [key, value] of Object.entries(values)) {
    Object.defineProperty(target.prototype, key, { value, writable: true, configurable: true });
  }
}

/** Root of what says how a run goes on. */
export class Outcome extends Error {
  static {
    named(Outcome, 'Outcome');
  }
}

/**
 * Answer a request with `status` and an error body of `message` and `details`.
 *
 * In an event or cron handler it is an error like any other and is retried by policy.
 */
export class HttpError extends Outcome {
  static {
    named(HttpError, 'HttpError');
  }
  readonly status: number;
  readonly details: unknown;
  readonly headers: Readonly<Record<string, string>>;

  /** `status` 400 to 599; `details` any JSON value for the client. Throws a `RangeError` for another status. */
  constructor(
    status: number,
    message = '',
    details?: unknown,
    options: { headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(
        `HttpError takes a status from 400 to 599, not ${String(status)}: use response() for others`,
      );
    }
    super(message || `HTTP ${status}`, 'cause' in options ? { cause: options.cause } : undefined);
    this.status = status;
    this.details = details;
    this.headers = { ...options.headers };
  }
}

/** The run must not be tried again: it is dead at once. */
export class Fatal extends Outcome {
  static {
    named(Fatal, 'Fatal');
  }
}

const RETRY_MS_MAX = 10 * 366 * 86_400_000;

/** Try the run again after `delay` (seconds, or text such as '5m'), instead of what its backoff says. It costs a retry. */
export class RetryAfter extends Outcome {
  static {
    named(RetryAfter, 'RetryAfter');
  }
  readonly retryAfterMs: number;

  /** Throws a `RangeError` when the delay is negative, over ten years, or cannot be read. */
  constructor(delay: Duration, message = '', options?: ErrorOptions) {
    const delayMs = durationMs(delay);
    if (delayMs === undefined || delayMs > RETRY_MS_MAX) {
      throw new RangeError(`RetryAfter takes a delay from 0 seconds to ten years, not ${String(delay)}`);
    }
    super(message || `try again in ${delayMs / 1_000} s`, options);
    this.retryAfterMs = Math.round(delayMs);
  }
}

/** The run was cancelled and noticed it; `reason` is timeout, cancel, shutdown or disconnect. */
export class Cancelled extends Outcome {
  static {
    named(Cancelled, 'Cancelled');
  }
  readonly reason: string;

  constructor(reason: string) {
    super(`cancelled: ${reason}`);
    this.reason = reason;
  }
}

/** Options of every `MotiaError`. */
export interface MotiaErrorOptions extends ErrorOptions {
  hint?: string;
  details?: unknown;
}

/** Root of the errors that Motia raises on purpose: `code` is stable, `hint` says what to do. */
export class MotiaError extends Error {
  declare code: string;
  declare readonly status: number;
  readonly hint: string;
  readonly details: unknown;
  static {
    named(MotiaError, 'MotiaError', 'motia-error', 500);
  }

  constructor(message: string, options: MotiaErrorOptions = {}) {
    super(message, options);
    this.hint = options.hint ?? '';
    this.details = options.details;
  }
}

/** A mistake in the project: reported at load with its place. */
export class AuthorError extends MotiaError {
  static {
    named(AuthorError, 'AuthorError', 'author-error');
  }
}

/** A step is declared wrongly; `faults` lists everything that is wrong with it. */
export class StepFault extends AuthorError {
  static {
    named(StepFault, 'StepFault', 'step-fault');
  }
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const text = faults.map((fault) => `${fault.file}:${fault.line ?? 0}: ${fault.message}`).join('; ');
    super(text, { hint: faults[0]?.hint ?? '' });
    this.faults = faults;
  }
}

/** The request is at fault; the same request will fail again. */
export class CallerError extends MotiaError {
  static {
    named(CallerError, 'CallerError', 'bad-request', 400);
  }
}

/** A payload does not fit its schema; `problems` lists every place. Nothing was queued. */
export class PayloadInvalid extends CallerError {
  static {
    named(PayloadInvalid, 'PayloadInvalid', 'payload-invalid', 422);
  }
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[] = [], options: MotiaErrorOptions = {}) {
    super(message, { details: problems, ...options });
    this.problems = problems;
  }
}

/** A payload or value is over its limit. Nothing was sent. */
export class PayloadTooLarge extends CallerError {
  static {
    named(PayloadTooLarge, 'PayloadTooLarge', 'payload-too-large', 413);
  }
}

/** No step has this id and none subscribes to it, where that is an error (`call`, strict). */
export class UnknownTarget extends CallerError {
  static {
    named(UnknownTarget, 'UnknownTarget', 'unknown-target', 404);
  }
}

/** The idempotency key was used for this target with another payload. Nothing was queued. */
export class IdempotencyConflict extends CallerError {
  static {
    named(IdempotencyConflict, 'IdempotencyConflict', 'idempotency-conflict', 409);
  }
}

/** No run has this id. */
export class RunNotFound extends CallerError {
  static {
    named(RunNotFound, 'RunNotFound', 'run-not-found', 404);
  }
}

/** The run's state does not allow what was asked; it is unchanged. */
export class RunConflict extends CallerError {
  static {
    named(RunConflict, 'RunConflict', 'run-conflict', 409);
  }
}

/** A value cannot be written as JSON; the message names the place and the reason. Nothing was sent. */
export class ValueNotJson extends CallerError {
  static {
    named(ValueNotJson, 'ValueNotJson', 'value-not-json');
  }
}

/** The input of a handler does not fit its schema; the handler was not entered. */
export class InputInvalid extends CallerError {
  static {
    named(InputInvalid, 'InputInvalid', 'input-invalid', 422);
  }
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const shown = problems.slice(0, 5).map((one) => `${one.where}${one.path}: ${one.message}`);
    const more = problems.length > 5 ? ` (and ${problems.length - 5} more)` : '';
    super(`the input does not fit the schema: ${shown.join('; ')}${more}`);
    this.problems = problems;
  }
}

/** There is no invocation here: nothing was sent. */
export class NotInHandler extends CallerError {
  static {
    named(NotInHandler, 'NotInHandler', 'not-in-handler');
  }
}

/** The handler that this code belongs to was answered already: nothing was sent. */
export class InvocationOver extends CallerError {
  static {
    named(InvocationOver, 'InvocationOver', 'invocation-over');
  }
}

/** The final error of a called run. */
export interface RunErrorDetails {
  name: string;
  message: string;
  stack?: string;
  kind?: string;
}

/** The called run failed for good. `error` is its final error. */
export class CallFailed extends CallerError {
  static {
    named(CallFailed, 'CallFailed', 'call-failed');
  }
  readonly error: Partial<RunErrorDetails>;

  constructor(message: string, error: Partial<RunErrorDetails> = {}, options: MotiaErrorOptions = {}) {
    super(message, { details: error, ...options });
    this.error = error;
  }
}

/** The world is at fault; the same request may succeed later. */
export class WorldError extends MotiaError {
  static {
    named(WorldError, 'WorldError', 'unavailable', 503);
  }
  readonly retryAfterMs: number = 1_000;
}

/** The ledger could not commit. Nothing was accepted. */
export class LedgerUnavailable extends WorldError {
  static {
    named(LedgerUnavailable, 'LedgerUnavailable', 'ledger-unavailable');
  }
}

/** The step has as many open runs as it may have. Nothing was accepted. */
export class QueueFull extends WorldError {
  static {
    named(QueueFull, 'QueueFull', 'queue-full');
  }
}

/** No live worker has loaded the step. */
export class WorkerUnavailable extends WorldError {
  static {
    named(WorkerUnavailable, 'WorkerUnavailable', 'worker-unavailable');
  }
}

/** The engine is stopping and takes no new work. */
export class Draining extends WorldError {
  static {
    named(Draining, 'Draining', 'draining');
  }
}

/** A called run was not finished in time; it is still durable and goes on. */
export class CallTimeout extends WorldError {
  static {
    named(CallTimeout, 'CallTimeout', 'call-timeout', 504);
  }
}

type Remote = new (message: string, options?: MotiaErrorOptions) => MotiaError;

const BY_CODE: ReadonlyMap<string, Remote> = new Map<string, Remote>([
  ['payload-too-large', PayloadTooLarge],
  ['unknown-target', UnknownTarget],
  ['idempotency-conflict', IdempotencyConflict],
  ['run-not-found', RunNotFound],
  ['run-conflict', RunConflict],
  ['value-not-json', ValueNotJson],
  ['ledger-unavailable', LedgerUnavailable],
  ['queue-full', QueueFull],
  ['worker-unavailable', WorkerUnavailable],
  ['draining', Draining],
  ['call-timeout', CallTimeout],
  ['invocation-over', InvocationOver],
]);

/** An error as the engine answers a call with it. */
export interface RemoteError {
  readonly code: string;
  readonly message: string;
  readonly kind?: string;
  readonly hint?: string;
  readonly problems?: readonly { path: string; message: string; where?: string; keyword?: string }[];
  readonly error?: Partial<RunErrorDetails> | null;
}

/** What a call rejects with. A code that this version does not know keeps its code. */
export function remoteError(remote: RemoteError): MotiaError {
  const options = { hint: remote.hint ?? '' };
  if (remote.kind === 'run') return new CallFailed(remote.message, remote.error ?? {}, options);
  const problems = (remote.problems ?? []).map((one) => ({
    path: one.path,
    message: one.message,
    where: one.where ?? 'payload',
    keyword: one.keyword ?? '',
  }));
  if (problems.length > 0 || remote.code === 'payload-invalid')
    return new PayloadInvalid(remote.message, problems, options);
  const Known = BY_CODE.get(remote.code);
  if (Known !== undefined) return new Known(remote.message, options);
  const unknown =
    remote.kind === 'world' ? new WorldError(remote.message, options) : new CallerError(remote.message, options);
  unknown.code = remote.code;
  return unknown;
}
