/**
 * Running handlers: from `invoke` to the answer, generators as streams.
 *
 * Invariants
 * 1. Every invocation handed to `start` is answered through `answer` at least once; whoever takes the
 *    answer takes the first one only.
 * 2. The handler runs with `current` set to its invocation.
 * 3. A cancelled handler that never asked for its signal is answered at once; one that did has
 *    `CANCEL_GRACE_MS` to finish by itself.
 */

import { Readable } from 'node:stream';
import { bindPayload, bindRequest } from '../authoring/binding.js';
import { contextOf } from '../authoring/context.js';
import { Cancelled, Fatal } from '../authoring/errors.js';
import { current } from '../authoring/invocation.js';
import { HttpRequest } from '../authoring/request.js';
import { type Answer, answerOf, encodePiece, piecesOf } from '../authoring/response.js';
import type { Invoke } from '../protocol/messages.js';
import type { Request } from '../types.js';
import {
  type AnswerLimits,
  cancelledFrame,
  failureFrame,
  failureOf,
  responseFrame,
  resultFrame,
  streamFrame,
} from './answers.js';
import type { Frame, Running } from './running.js';
import { Outflow } from './streams.js';

/** How long the headers of a stream wait for its first item, so that an early error still sets the status. */
export const FIRST_ITEM_GRACE_MS = 50;
/** Below the five seconds after which the engine ends a worker that does not answer. */
export const CANCEL_GRACE_MS = 4_000;

/** What the runner needs of the worker. */
export interface RunnerOwner {
  /** The handler is done; only the first answer counts. */
  answer(running: Running, frame: Frame): void;
  /** Send a frame before the answer. */
  send(frame: Frame): void;
}

/** Runs handlers for one worker. */
export class Runner {
  readonly limits: AnswerLimits = { root: '', payloadBytesMax: 1_048_576, stackBytesMax: 65_536 };
  readonly #owner: RunnerOwner;
  readonly #event = (running: Running, payload: unknown): Promise<void> => this.#runEvent(running, payload);
  readonly #api = (running: Running, message: Invoke, blob: Buffer): Promise<void> =>
    this.#runApi(running, message, blob);

  constructor(owner: RunnerOwner) {
    this.#owner = owner;
  }

  /** Run the handler of an invocation. */
  start(running: Running, message: Invoke, blob: Buffer): void {
    if (running.declaration.spec.kind === 'api') current.run(running, this.#api, running, message, blob);
    else current.run(running, this.#event, running, message.payload);
  }

  /** Tell the handler that it should stop, and answer for one that does not. */
  cancel(running: Running, reason: string): void {
    if (running.cancelReason !== '') return;
    running.cancel(reason);
    running.outflow?.abort(reason);
    const answer = (): void => {
      if (running.isOver) return;
      this.#owner.answer(running, this.#cancelled(running));
      destroy(running.source);
    };
    if (running.hasSignal) setTimeout(answer, CANCEL_GRACE_MS).unref();
    else setImmediate(answer);
  }

  /** Answer with a failure, whatever the handler does further. */
  fail(running: Running, error: unknown): void {
    this.#owner.answer(running, this.#failure(running, error));
  }

  async #runEvent(running: Running, payload: unknown): Promise<void> {
    const { declaration } = running;
    let frame: Frame;
    try {
      let input: unknown = payload ?? null;
      if (declaration.schema !== undefined && declaration.spec.kind !== 'cron') {
        input = bindPayload(declaration.schema, input);
        if (input instanceof Promise) input = await input;
      }
      const handler = declaration.handler as (...args: unknown[]) => unknown;
      running.enteredMono = performance.now();
      let value = declaration.spec.kind === 'cron' ? handler(contextOf(running)) : handler(input, contextOf(running));
      if (isThenable(value)) value = await value;
      frame = resultFrame(running, value, this.limits);
    } catch (error) {
      frame = this.#failure(running, error);
    }
    this.#owner.answer(running, frame);
  }

  async #runApi(running: Running, message: Invoke, blob: Buffer): Promise<void> {
    let frame: Frame;
    try {
      if (message.request == null) {
        throw new Fatal(
          `the api step '${running.step}' runs for a request, and this ${message.kind} invocation has none`,
        );
      }
      const request = new HttpRequest(message.request, blob);
      running.enteredMono = performance.now();
      const answer =
        running.declaration.middleware.length === 0
          ? await this.#endpoint(running, request)
          : await this.#through(running, request, 0);
      const pieces = piecesOf(answer.body);
      if (pieces !== undefined) return await this.#stream(running, answer, pieces);
      frame = responseFrame(running, answer);
    } catch (error) {
      frame = this.#failure(running, error);
    }
    this.#owner.answer(running, frame);
  }

  async #endpoint(running: Running, request: HttpRequest): Promise<Answer> {
    const { declaration } = running;
    let bound = bindRequest(declaration, request);
    if (bound instanceof Promise) bound = await bound;
    let value = (declaration.handler as (...args: unknown[]) => unknown)(bound, contextOf(running));
    if (isThenable(value)) value = await value;
    return answerOf(value);
  }

  /** The answer of the middleware from `index` on, and of the handler behind it. */
  async #through(running: Running, request: HttpRequest, index: number): Promise<Answer> {
    const middleware = running.declaration.middleware[index];
    if (middleware === undefined) return this.#endpoint(running, request);
    let passed: Promise<Answer> | undefined;
    const next = (changed?: unknown): Promise<Answer> => {
      passed = this.#through(running, changed instanceof HttpRequest ? changed : request, index + 1);
      return passed;
    };
    const value = await middleware(request as Request, contextOf(running), next);
    // A middleware that forgets to return the answer of `next` means that answer.
    return value === undefined && passed !== undefined ? await passed : answerOf(value);
  }

  /** Send a streamed response; its `result` leaves with the first item or after a short grace. */
  async #stream(running: Running, answer: Answer, pieces: AsyncIterator<unknown> | Iterator<unknown>): Promise<void> {
    const begin = (): void => {
      if (running.hasBegun || running.isOver) return;
      running.hasBegun = true;
      this.#owner.send(streamFrame(running, answer));
    };
    const outflow = new Outflow((piece) => {
      if (!running.isOver) this.#owner.send({ text: `{"type":"chunk","invocation":${running.number}}`, blob: piece });
    });
    running.outflow = outflow;
    running.source = answer.body;
    if (running.cancelReason !== '') outflow.abort(running.cancelReason);
    const grace = setTimeout(begin, FIRST_ITEM_GRACE_MS);
    let last: Frame;
    try {
      await pump(running, answer, pieces, begin, outflow);
      begin();
      last = { text: `{"type":"chunk","invocation":${running.number},"last":true}` };
    } catch (error) {
      last = running.hasBegun ? this.#broken(running, error) : this.#failure(running, error);
    } finally {
      clearTimeout(grace);
    }
    this.#owner.answer(running, last);
  }

  #cancelled(running: Running): Frame {
    return running.hasBegun ? this.#broken(running, new Cancelled(running.cancelReason)) : cancelledFrame(running);
  }

  #broken(running: Running, error: unknown): Frame {
    const failure = failureOf(running, error, this.limits);
    const text = `${failure.name}: ${failure.message}`;
    if (failure.kind !== 'cancelled') {
      running.port.log(
        running,
        'error',
        `the stream ended broken: ${text}\n${failure.stack ?? ''}`,
        undefined,
        'logger',
      );
    }
    return { text: `{"type":"chunk","invocation":${running.number},"last":true,"error":${JSON.stringify(text)}}` };
  }

  #failure(running: Running, error: unknown): Frame {
    return failureFrame(running, error, this.limits);
  }
}

async function pump(
  running: Running,
  answer: Answer,
  pieces: AsyncIterator<unknown> | Iterator<unknown>,
  begin: () => void,
  outflow: Outflow,
): Promise<void> {
  const what = `the stream of step '${running.step}'`;
  let isAtEnd = false;
  const next = async (): Promise<IteratorResult<unknown>> => {
    try {
      const result = await pieces.next();
      isAtEnd = result.done === true;
      return result;
    } catch (error) {
      isAtEnd = true;
      throw error;
    }
  };
  try {
    for (let result = await next(); !result.done && !running.isOver; result = await next()) {
      const piece = encodePiece(await result.value, answer.isSse, what);
      begin();
      await outflow.write(piece);
    }
  } finally {
    // A source that is not at its end holds something open: files, cursors, timers.
    if (!isAtEnd) close(pieces);
  }
}

function close(pieces: AsyncIterator<unknown> | Iterator<unknown>): void {
  try {
    const closed = pieces.return?.();
    if (closed instanceof Promise) closed.catch(() => {});
  } catch {
    // what a generator throws while it is closed concerns nobody any more
  }
}

/** Let go of a stream that waits for its next piece: its iterator would only be closed with that piece. */
function destroy(source: unknown): void {
  if (source instanceof Readable) source.destroy();
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
