/**
 * Calls to the engine that are under way, and those that wait for a place among `callsMax`.
 *
 * Invariants
 * 1. Every call's promise is settled exactly once: by its reply, or when the connection ends.
 * 2. At most `callsMax` calls are without a reply; at most `WAITING_MAX` wait.
 */

import {
  InvocationOver,
  type MotiaError,
  QueueFull,
  remoteError,
  ValueNotJson,
  WorkerUnavailable,
} from '../authoring/errors.js';
import type { Inexact } from '../authoring/integers.js';
import type { Reply } from '../protocol/messages.js';
import type { Running } from './running.js';

export const WAITING_MAX = 65_536;

interface Open {
  readonly running: Running;
  readonly op: string;
  readonly args: string;
  readonly what: string;
  readonly finish: (value: any) => unknown;
  resolve(value: any): void;
  reject(error: unknown): void;
}

/** What the calls need of the worker. */
export interface CallsOwner {
  send(text: string): void;
  /** The last call of an invocation is answered. */
  settled(running: Running): void;
  /** A call failed: remember what it was, in case nobody looks at it. */
  failed(running: Running, error: unknown, what: string): void;
}

/** The calls of one worker. */
export class Calls {
  readonly #owner: CallsOwner;
  readonly #open = new Map<number, Open>();
  readonly #waiting: Open[] = [];
  #waitingFrom = 0;
  #number = 0;
  callsMax = 256;

  constructor(owner: CallsOwner) {
    this.#owner = owner;
  }

  /** Send a call, now or when there is a place. */
  start<T>(running: Running, op: string, args: string, what: string, finish: (value: any) => T): Promise<T> {
    if (running.isOver && running.kept === 0) return Promise.reject(this.#noted(running, overError(running, op), what));
    running.pending += 1;
    return new Promise<T>((resolve, reject) => {
      const open: Open = { running, op, args, what, finish, resolve, reject };
      if (this.#open.size < this.callsMax) this.#send(open);
      else if (this.#waiting.length - this.#waitingFrom < WAITING_MAX) this.#waiting.push(open);
      else this.#reject(open, new QueueFull(`${WAITING_MAX} calls of this worker wait already`));
    });
  }

  /** Take an answer; one for no call of ours is ignored. `inexact`: a number of its text that was rounded. */
  reply(reply: Reply, inexact: Inexact | undefined): void {
    const open = this.#open.get(reply.call);
    if (open === undefined) return;
    this.#open.delete(reply.call);
    const next = this.#nextWaiting();
    if (next !== undefined) this.#send(next);
    if (reply.error != null) this.#reject(open, remoteError(reply.error));
    else if (inexact !== undefined) this.#reject(open, inexactError(open.what, inexact));
    else this.#resolve(open, reply.value ?? null);
  }

  /** The engine is gone: every call fails. */
  abandon(): void {
    const unanswered = [...this.#open.values(), ...this.#waiting.slice(this.#waitingFrom)];
    this.#open.clear();
    this.#waiting.length = this.#waitingFrom = 0;
    for (const open of unanswered) {
      this.#reject(open, new WorkerUnavailable('the engine is gone; whether it was done is unknown'));
    }
  }

  #send(open: Open): void {
    this.#number += 1;
    this.#open.set(this.#number, open);
    this.#owner.send(
      `{"type":"call","call":${this.#number},"invocation":${open.running.number},"op":"${open.op}","args":${open.args}}`,
    );
  }

  #nextWaiting(): Open | undefined {
    if (this.#waitingFrom >= this.#waiting.length) return undefined;
    const open = this.#waiting[this.#waitingFrom] as Open;
    this.#waitingFrom += 1;
    if (this.#waitingFrom > 1_024 || this.#waitingFrom === this.#waiting.length) {
      this.#waiting.splice(0, this.#waitingFrom);
      this.#waitingFrom = 0;
    }
    return open;
  }

  #resolve(open: Open, value: unknown): void {
    const { running } = open;
    running.pending -= 1;
    try {
      open.resolve(open.finish(value));
    } catch (error) {
      open.reject(this.#noted(running, error, open.what));
    }
    if (running.pending === 0 && running.held !== undefined) this.#owner.settled(running);
  }

  #reject(open: Open, error: MotiaError): void {
    const { running } = open;
    open.reject(this.#noted(running, error, open.what));
    // Node says in the next turn whether anybody looks at it; the answer waits so long.
    setImmediate(() => {
      running.pending -= 1;
      if (running.pending === 0 && running.held !== undefined) this.#owner.settled(running);
    });
  }

  #noted(running: Running, error: unknown, what: string): unknown {
    this.#owner.failed(running, error, what);
    return error;
  }
}

function overError(running: Running, op: string): InvocationOver {
  return new InvocationOver(`${op} was used after the handler of '${running.step}' had returned`, {
    hint: 'await what the handler starts before it returns',
  });
}

function inexactError(what: string, { path, message }: Inexact): ValueNotJson {
  return new ValueNotJson(`the answer to ${what} cannot be read: ${path} ${message}`, {
    hint: 'write such numbers as text',
  });
}
