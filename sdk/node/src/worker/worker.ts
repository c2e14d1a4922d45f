/**
 * The Node worker: answers the engine's messages by running handlers. Bytes in, frames out.
 *
 * Invariants
 * 1. Every `invoke` is answered exactly once, after the replies to all its calls.
 * 2. A protocol fault ends the worker with one line in its log.
 */

import { InputInvalid } from '../authoring/errors.js';
import { findInexact, type Inexact } from '../authoring/integers.js';
import type { Invocation, LogLevel, Port, Span } from '../authoring/invocation.js';
import { setWorkerPort } from '../authoring/invocation.js';
import { VERSION } from '../authoring/version.js';
import { JSON_BYTES_MAX, ProtocolFault } from '../protocol/frames.js';
import type { Lines } from '../protocol/lines.js';
import { type EngineMessage, type Hello, type Invoke, type Load, PROTOCOL_VERSION } from '../protocol/messages.js';
import { Outbox, type Sink } from '../protocol/outbox.js';
import { Session, type SessionState } from '../protocol/session.js';
import { ResultRefused } from './answers.js';
import { Calls } from './calls.js';
import { flushPrinted } from './capture.js';
import { Project } from './project.js';
import { Runner } from './runner.js';
import { type Frame, Running } from './running.js';
import { authorStack, cut, describe } from './stacks.js';

/** What the worker needs of the process it runs in. */
export interface WorkerHost {
  readonly sink: Sink;
  readonly lines: Lines;
  /** `file:` URL of the library that steps import. */
  readonly sdkUrl: string;
  /** The engine has greeted: the worker speaks from now on. */
  greeted(): void;
  /** Author's code is about to be loaded. */
  loading(): void;
  /** It is loaded: the ids of its steps. */
  loaded(steps: readonly string[]): void;
  /** Nothing more will be said. */
  closed(): void;
  /** A line for the process's own output: nobody was greeted, or the connection is gone. */
  complain(text: string): void;
}

/** One worker, for one connection. */
export class NodeWorker implements Port {
  readonly #host: WorkerHost;
  readonly #session: Session;
  readonly #outbox: Outbox;
  readonly #calls: Calls;
  readonly #runner: Runner;
  readonly #inFlight = new Map<number, Running>();
  #hello: Hello | undefined;
  #project: Project | undefined;
  /** Each step's place in the list that the watchdog was given. */
  #places: ReadonlyMap<string, number> = new Map();
  #isLoading = false;
  #isStopping = false;
  #isClosed = false;
  #readMono = 0;
  payloadBytesMax = 1_048_576;
  /** Messages for invocations or streams that are not there. */
  ignored = 0;

  constructor(host: WorkerHost) {
    this.#host = host;
    this.#session = new Session((message, blob, text) => this.#take(message, blob, text));
    this.#outbox = new Outbox(host.sink);
    this.#calls = new Calls({
      send: (text) => this.#outbox.put(text),
      settled: (running) => this.#settled(running),
      failed: (running, error, what) => this.#callFailed(running, error, what),
    });
    this.#runner = new Runner({
      answer: (running, frame) => this.#answer(running, frame),
      send: (frame) => this.#outbox.put(frame.text, frame.blob),
    });
    setWorkerPort(this);
  }

  get state(): SessionState {
    return this.#session.state;
  }

  /** The project; empty before `load`. */
  get root(): string {
    return this.#project?.root ?? '';
  }

  /** The invocation of this number, while it is not answered. */
  inFlight(number: number): Running | undefined {
    return this.#inFlight.get(number);
  }

  // what the engine says

  /** Take bytes of the engine. */
  feed(data: Buffer): void {
    this.#readMono = performance.now();
    try {
      this.#session.feed(data);
    } catch (error) {
      if (!(error instanceof ProtocolFault)) throw error;
      this.#logOwn('error', `protocol fault: ${error.message}; the worker ends`);
      this.close();
    }
  }

  /** The engine is gone: every handler is cancelled and nothing is said any more. */
  eof(): void {
    if (this.#isClosed) return;
    this.#session.close();
    for (const running of this.#inFlight.values()) running.cancel('shutdown');
    this.#calls.abandon();
    this.close();
  }

  /** Say what was said and close the connection. Safe twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#session.close();
    this.#outbox.flush();
    this.#host.closed();
  }

  #take(message: EngineMessage, blob: Buffer, text: string): void {
    switch (message.type) {
      case 'invoke':
        this.#onInvoke(message, blob, text);
        break;
      case 'reply':
        this.#calls.reply(message, findInexact(text));
        break;
      case 'cancel':
        this.#onCancel(message.invocation, message.reason);
        break;
      case 'pull':
        this.#onPull(message.invocation, message.bytes);
        break;
      case 'ping':
        this.#outbox.put(`{"type":"pong","token":${message.token}}`);
        break;
      case 'hello':
        this.#onHello(message);
        break;
      case 'load':
        void this.#load(message);
        break;
      case 'drain':
        if (this.state === 'closed') this.close();
        else this.#endIfDrained();
        break;
    }
  }

  #onHello(message: Hello): void {
    this.#hello = message;
    this.payloadBytesMax = message.payload_bytes_max ?? this.payloadBytesMax;
    const { limits } = this.#runner;
    limits.payloadBytesMax = this.payloadBytesMax;
    limits.stackBytesMax = message.stack_bytes_max ?? limits.stackBytesMax;
    this.#calls.callsMax = Math.max(message.calls_max ?? 256, 1);
    this.#host.lines.stallMs = message.stall_ms ?? 1_000;
    this.#host.greeted();
    const hello = {
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      language: 'node',
      runtime: `Node.js ${process.versions.node}`,
      pid: process.pid,
      sdk: VERSION,
    };
    this.#outbox.put(JSON.stringify(hello));
  }

  async #load(message: Load): Promise<void> {
    this.#isLoading = true;
    this.#busy();
    this.#host.loading();
    const project = new Project(message, this.#host.sdkUrl, message.tells ? this.#tellFile : undefined);
    this.#project = project;
    this.#runner.limits.root = project.root;
    const manifest = await project.load();
    this.#isLoading = false;
    this.#busy();
    this.#places = new Map([...project.steps.keys()].map((id, place) => [id, place]));
    this.#host.loaded([...project.steps.keys()]);
    if (this.state === 'closed') return;
    const text = JSON.stringify({ type: 'manifest', ...manifest });
    if (text.length > JSON_BYTES_MAX / 3 && Buffer.byteLength(text) > JSON_BYTES_MAX) {
      this.#logOwn('error', `the manifest cannot be sent: it is ${Buffer.byteLength(text)} bytes; the worker ends`);
      this.close();
      return;
    }
    this.#outbox.put(text);
    this.#session.loaded();
    this.#endIfDrained();
  }

  readonly #tellFile = (file: string): void => {
    this.#outbox.put(JSON.stringify({ type: 'loading', file }));
    this.#outbox.flush(); // now: the file may end the process before this turn does
  };

  #onInvoke(message: Invoke, blob: Buffer, text: string): void {
    const declaration = this.#project?.steps.get(message.step);
    if (declaration?.handler === undefined) {
      const sorry = `this worker has not loaded a step '${message.step}'`;
      const { invocation } = message;
      this.#outbox.put(
        JSON.stringify({ type: 'failure', invocation, name: 'NotLoaded', message: sorry, kind: 'not_loaded' }),
      );
      return;
    }
    if (this.#inFlight.has(message.invocation)) {
      throw new ProtocolFault(`invocation ${message.invocation} is in flight already`);
    }
    const running = new Running(message, declaration, this, this.#readMono);
    this.#inFlight.set(message.invocation, running);
    const { lines } = this.#host;
    lines.inFlight = this.#inFlight.size;
    lines.lastEntered = message.invocation;
    lines.lastStep = this.#places.get(message.step) ?? -1;
    const inexact = findInexact(text);
    const refusal = inexact === undefined ? undefined : inexactInput(inexact, message.step);
    if (refusal === undefined) this.#runner.start(running, message, blob);
    else this.#runner.fail(running, refusal);
  }

  #onCancel(number: number, reason: string): void {
    const running = this.#inFlight.get(number);
    if (running === undefined) this.ignored += 1;
    else if (running.held === undefined) this.#runner.cancel(running, reason);
    else running.cancel(reason);
  }

  #onPull(number: number, bytes: number): void {
    const outflow = this.#inFlight.get(number)?.outflow;
    if (outflow === undefined) this.ignored += 1;
    else outflow.grant(bytes);
  }

  // what the worker says

  /** The handler is done: answer once nothing of it is under way. */
  #answer(running: Running, frame: Frame): void {
    if (running.isOver) return;
    running.isOver = true;
    running.held = frame;
    // Whoever looks at a failed call last of all is heard of one turn later.
    if (running.unseen !== undefined && running.unseen.size > 0) this.#holdForATurn(running);
    else if (running.pending === 0) this.#settled(running);
  }

  #settled(running: Running): void {
    const { held } = running;
    if (held === undefined || running.pending > 0) return;
    running.held = undefined;
    if (running.printed !== undefined) flushPrinted(running, this.#logLine);
    for (const message of running.unseen?.values() ?? []) this.log(running, 'error', message, undefined, 'logger');
    this.#inFlight.delete(running.number);
    this.#host.lines.inFlight = this.#inFlight.size;
    this.#outbox.put(held.text, held.blob);
    if (this.state === 'draining') this.#endIfDrained();
  }

  call<T>(invocation: Invocation, op: string, args: string, what: string, finish: (value: any) => T): Promise<T> {
    return this.#calls.start(invocation as Running, op, args, what, finish);
  }

  refuse(invocation: Invocation, error: unknown, what: string): Promise<never> {
    const running = invocation as Running;
    this.#callFailed(running, error, what);
    this.#holdForATurn(running);
    return Promise.reject(error);
  }

  keep<T>(invocation: Invocation, work: () => Promise<T>, what: string): Promise<T> {
    const running = invocation as Running;
    running.pending += 1;
    running.kept += 1;
    const done = work();
    const release = (): void => {
      running.pending -= 1;
      running.kept -= 1;
      if (running.pending === 0) this.#settled(running);
    };
    done.then(release, (error) => {
      this.#callFailed(running, error, what);
      setImmediate(release);
    });
    return done.then((value) => value);
  }

  readonly #logLine = (running: Running | undefined, level: LogLevel, message: string, source: string): void =>
    this.log(running, level, message, undefined, source);

  /** `log` for what was printed. */
  get logLine(): (running: Running | undefined, level: LogLevel, message: string, source: string) => void {
    return this.#logLine;
  }

  log(
    invocation: Invocation | undefined,
    level: LogLevel,
    message: string,
    fields: string | undefined,
    source: string,
  ): void {
    if (this.#isClosed) return;
    const at = Date.now();
    const bytesMax = this.#hello?.log_bytes_max ?? 16_384;
    const text = JSON.stringify(cut(message, bytesMax).toWellFormed());
    const bounded = fields === undefined ? '' : `,"fields":${boundedFields(fields, bytesMax)}`;
    this.#outbox.putLog(
      `{"type":"log","level":"${level}","message":${text},"invocation":${invocation?.number ?? 0}${bounded},"at":${at},"source":"${source}"}`,
      at,
    );
  }

  span(invocation: Invocation, span: Span): void {
    const bytesMax = this.#hello?.log_bytes_max ?? 16_384;
    const fields = span.fields === undefined ? '' : `,"fields":${boundedFields(span.fields, bytesMax)}`;
    const head = JSON.stringify({
      type: 'span',
      invocation: invocation.number,
      name: String(span.name).toWellFormed(),
      span: span.span,
      parent: invocation.span,
      started_at: span.startedAt,
      duration_us: span.durationUs,
    });
    this.#outbox.put(`${head.slice(0, -1)}${fields}}`);
  }

  // what nobody caught

  /** A promise was rejected and nobody looks at it. */
  unhandledRejection(error: unknown, promise: Promise<unknown>, running: Running | undefined): void {
    const call = typeof error === 'object' && error !== null ? callErrors.get(error) : undefined;
    if (call !== undefined) {
      const { running: owner, what } = call;
      const message = `${what} was not awaited and failed: ${describe(error).message}`;
      if (this.#inFlight.has(owner.number)) (owner.unseen ??= new Map()).set(promise, message);
      else this.#logOwn('error', `step '${owner.step}': ${message}`);
      return;
    }
    this.uncaught(error, running, 'a rejected promise that nobody awaited');
  }

  /** Somebody looks at a rejected promise after all. */
  rejectionHandled(promise: Promise<unknown>): void {
    for (const running of this.#inFlight.values()) running.unseen?.delete(promise);
  }

  /** Something was thrown outside every handler's own promise: the run that did it fails, if it is still in flight. */
  uncaught(error: unknown, running: Running | undefined, how: string): void {
    if (running !== undefined && !running.isOver) {
      this.#runner.fail(running, error);
      return;
    }
    const { name, message } = describe(error);
    const whose = running === undefined ? '' : `step '${running.step}', after it was answered: `;
    this.#logOwn('error', `${whose}${how}: ${name}: ${message}\n${authorStack(error, this.root)}`);
  }

  #callFailed(running: Running, error: unknown, what: string): void {
    if (typeof error === 'object' && error !== null) callErrors.set(error, { running, what });
  }

  /** Do not answer before Node has said whether somebody looks at a promise that is rejected now. */
  #holdForATurn(running: Running): void {
    running.pending += 1;
    setImmediate(() => {
      running.pending -= 1;
      if (running.pending === 0) this.#settled(running);
    });
  }

  #logOwn(level: LogLevel, message: string): void {
    if (this.state === 'connected' || this.#isClosed || this.#hello === undefined) this.#host.complain(message);
    else this.log(undefined, level, message, undefined, 'stderr');
  }

  // the end

  #busy(): void {
    this.#host.lines.inFlight = this.#inFlight.size + (this.#isLoading || this.#isStopping ? 1 : 0);
  }

  #endIfDrained(): void {
    if (this.state !== 'draining' || this.#inFlight.size > 0 || this.#isStopping) return;
    this.#isStopping = true;
    this.#busy();
    const stopped = this.#project?.stop((hook, error) => {
      const { file, line } = hook.position;
      const { name, message } = describe(error);
      this.#logOwn('error', `onStop in ${file}:${line} failed: ${name}: ${message}\n${authorStack(error, this.root)}`);
    });
    void Promise.resolve(stopped).then(() => this.close());
  }
}

/** Errors that calls rejected with, so that one that nobody looks at is told apart from an author's. */
const callErrors = new WeakMap<object, { running: Running; what: string }>();

function boundedFields(fields: string, bytesMax: number): string {
  if (fields.length * 3 <= bytesMax || Buffer.byteLength(fields) <= bytesMax) return fields;
  return JSON.stringify({ cut: cut(fields, bytesMax) });
}

/** What an invocation gets whose message has a number that JavaScript rounds; undefined when it is in no input. */
function inexactInput({ path, message }: Inexact, step: string): unknown {
  const payload = within(path, '/payload');
  if (payload !== undefined) {
    const text = `the payload of step '${step}' cannot be read: ${payload || 'it'} ${message}; send such numbers as text`;
    return new ResultRefused('PayloadInvalid', text);
  }
  for (const where of ['params', 'query'] as const) {
    const inner = within(path, `/request/${where}`);
    if (inner !== undefined) return new InputInvalid([{ path: inner, message, where, keyword: 'maximum' }]);
  }
  return undefined;
}

function within(place: string, prefix: string): string | undefined {
  return place === prefix || place.startsWith(`${prefix}/`) ? place.slice(prefix.length) : undefined;
}
