/**
 * The current invocation: which attempt or request the code that runs now belongs to.
 *
 * It is kept in an AsyncLocalStorage, so that everything a handler starts finds its own invocation.
 * `Port` is how an invocation reaches the engine; the worker implements it.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { NotInHandler } from './errors.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What the worker does for the invocations it runs. */
export interface Port {
  readonly payloadBytesMax: number;
  /**
   * Send a call now: `args` is JSON text, `what` names it in log lines. The promise resolves to
   * `finish(value)` or rejects with the mapped error; nobody needs to look at it.
   */
  call<T>(invocation: Invocation, op: string, args: string, what: string, finish: (value: any) => T): Promise<T>;
  /** A call that was refused before anything was sent; logged when nobody looks at it. */
  refuse(invocation: Invocation, error: unknown, what: string): Promise<never>;
  /** Run `work`; the invocation is answered only after it. */
  keep<T>(invocation: Invocation, work: () => Promise<T>, what: string): Promise<T>;
  /** Send a log line, with `fields` as JSON text; never waits, never throws. */
  log(
    invocation: Invocation | undefined,
    level: LogLevel,
    message: string,
    fields: string | undefined,
    source: string,
  ): void;
  /** Send a span of the author's. */
  span(invocation: Invocation, span: Span): void;
}

/** A span of the author's own. */
export interface Span {
  readonly name: string;
  readonly span: string;
  readonly startedAt: number;
  readonly durationUs: number;
  readonly fields?: string | undefined;
}

/** What an invocation is made of. */
export interface InvocationDetails {
  readonly number: number;
  readonly step: string;
  readonly kind: 'api' | 'event' | 'cron' | 'manual' | 'replay' | 'error';
  readonly trace: string;
  readonly span: string;
  readonly run: string;
  readonly attempt: number;
  readonly retryCount: number;
  readonly trigger: Record<string, unknown>;
}

/** One attempt or request; lives until it is answered. */
export class Invocation {
  readonly number: number;
  readonly step: string;
  readonly kind: InvocationDetails['kind'];
  readonly trace: string;
  readonly span: string;
  readonly run: string;
  readonly attempt: number;
  readonly retryCount: number;
  readonly trigger: Record<string, unknown>;
  readonly port: Port;
  isOver = false;
  cancelReason = '';
  /** The handler's context, once it was asked for. */
  context: unknown = undefined;
  #abort: AbortController | undefined = undefined;

  constructor(details: InvocationDetails, port: Port) {
    this.number = details.number;
    this.step = details.step;
    this.kind = details.kind;
    this.trace = details.trace;
    this.span = details.span;
    this.run = details.run;
    this.attempt = details.attempt;
    this.retryCount = details.retryCount;
    this.trigger = details.trigger;
    this.port = port;
  }

  /** Aborted with the reason when the invocation is cancelled; made when it is first asked for. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.cancelReason !== '') this.#abort.abort(this.cancelReason);
    }
    return this.#abort.signal;
  }

  /** Whether anybody asked for the signal, and so may react to it. */
  get hasSignal(): boolean {
    return this.#abort !== undefined;
  }

  /** Abort the signal with `reason`; the first reason stays. */
  cancel(reason: string): void {
    if (this.cancelReason !== '') return;
    this.cancelReason = reason;
    this.#abort?.abort(reason);
  }
}

/** The invocation of the code that runs now. */
export const current = new AsyncLocalStorage<Invocation>();

/** The current invocation. Throws `NotInHandler` when no handler is running here. */
export function requireCurrent(what: string): Invocation {
  const invocation = current.getStore();
  if (invocation === undefined) {
    throw new NotInHandler(`${what} was used outside a handler`, {
      hint: 'call it from a step that Motia runs; in a test use @motia/core/testing',
    });
  }
  return invocation;
}

let ownPort: Port | undefined;

/** The port of the worker in this process, for log lines outside every handler. */
export function workerPort(): Port | undefined {
  return ownPort;
}

/** Name the port of the worker in this process. */
export function setWorkerPort(port: Port | undefined): void {
  ownPort = port;
}
