/** `Context`: what a handler knows about its run; and `motia`, the engine as seen from a handler. */

import { randomBytes } from 'node:crypto';
import type { Context, Logger, Motia, State, TriggerInfo } from '../types.js';
import { call, trigger } from './calls.js';
import { lenientJson } from './encoding.js';
import type { Invocation } from './invocation.js';
import { logger } from './logger.js';
import { state } from './state.js';

/** The engine as seen from a handler; also the global of this name in a worker. */
export const motia: Motia = Object.freeze({ trigger, call, state, logger });

/** The context of one invocation; its parts are made when they are first asked for. */
class RunContext implements Context {
  readonly #invocation: Invocation;
  #trigger: TriggerInfo | undefined;

  constructor(invocation: Invocation) {
    this.#invocation = invocation;
  }

  get runId(): string {
    return this.#invocation.run;
  }

  get traceId(): string {
    return this.#invocation.trace;
  }

  get stepId(): string {
    return this.#invocation.step;
  }

  get attempt(): number {
    return this.#invocation.attempt;
  }

  get retryCount(): number {
    return this.#invocation.retryCount;
  }

  get idempotencyKey(): string {
    return `${this.#invocation.step}:${this.#invocation.run || this.#invocation.trace}`;
  }

  get trigger(): TriggerInfo {
    if (this.#trigger === undefined) {
      const info: typeof trigger = (target, payload, options) => trigger(target, payload, options);
      const { kind, trigger: details } = this.#invocation;
      this.#trigger = Object.assign(info, { kind, details }) as TriggerInfo;
    }
    return this.#trigger;
  }

  get logger(): Logger {
    return logger;
  }

  get state(): State {
    return state;
  }

  get motia(): Motia {
    return motia;
  }

  get signal(): AbortSignal {
    return this.#invocation.signal;
  }

  span<T>(name: string, work: () => T, fields?: object): T {
    const startedAt = Date.now();
    const started = performance.now();
    const end = (): void => {
      const durationUs = Math.round((performance.now() - started) * 1_000);
      const span = randomBytes(8).toString('hex');
      const invocation = this.#invocation;
      if (invocation.isOver) return;
      invocation.port.span(invocation, { name, span, startedAt, durationUs, fields: fields && lenientJson(fields) });
    };
    let result: T;
    try {
      result = work();
    } catch (error) {
      end();
      throw error;
    }
    if (result instanceof Promise) return result.finally(end) as T;
    end();
    return result;
  }
}

/** The context of an invocation; the same object each time. */
export function contextOf(invocation: Invocation): Context {
  if (invocation.context === undefined) invocation.context = new RunContext(invocation);
  return invocation.context as Context;
}
