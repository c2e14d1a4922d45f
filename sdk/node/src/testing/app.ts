/** `app`: a whole engine for the project, in a child process, with a clock that the test turns. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Duration, Receipt } from '../types.js';
import { type Answer, type RequestOptions, send } from './answer.js';
import { EngineError, Line } from './line.js';

/** How to start the engine of a test. */
export interface AppOptions {
  /** The project's folder; the nearest one at or above the current folder unless said. */
  root?: string | URL;
  /** The time to start at; 2026-01-01T00:00:00Z unless said. */
  start?: Date | string;
  /** Seed of the engine's chance (retry jitter, ids); 1 unless said. */
  seed?: number;
  /** Go on with faults in the project, instead of refusing it. */
  lenient?: boolean;
  /** Variables for the engine and the steps, over those of this process. */
  env?: Readonly<Record<string, string>>;
  /** Most time until the API answers; 60 s unless said. */
  startTimeout?: Duration;
}

/** A run as a test sees it. */
export interface TestRun {
  readonly id: string;
  readonly step: string;
  readonly state: string;
  readonly attempt: number;
  readonly payload: any;
  readonly result: any;
  /** Message of the last failure. */
  readonly error: string | null;
  readonly reason: string | null;
  readonly trace: string;
  readonly trigger: string;
  readonly parent: string | null;
  readonly key: string | null;
}

/** Options of an event that a test sends. */
export interface TestTriggerOptions {
  delay?: Duration;
  key?: string;
  idempotencyKey?: string;
  priority?: number;
}

/** A time span: seconds, text such as '90s', or its parts. */
export type Span = Duration | { seconds?: number; minutes?: number; hours?: number; days?: number };

/** A run that `call` waited for is not completed. */
export class RunFailed extends Error {
  override readonly name = 'RunFailed';
  constructor(readonly run: TestRun) {
    super(
      run.state === 'dead'
        ? `${run.step} failed after ${run.attempt} ${run.attempt === 1 ? 'attempt' : 'attempts'}: ${run.error}`
        : `the run of ${run.step} is ${run.state}${run.error ? ` (${run.error})` : ''}: advance() turns the clock to what is due later`,
    );
  }
}

const SHOWN_MAX = 20;
const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };
const passed = Symbol('passed');
/** Engines of this process whose log has not been shown; the latest ones. */
const unseen: Client[] = [];

/** The test's hands on a running engine. Made by `app`. */
export class Client {
  readonly #line: Line;

  /** @internal */
  constructor(line: Line) {
    this.#line = line;
  }

  /** Where the API is: `http://127.0.0.1:49152`. */
  get api(): string {
    return this.#line.api;
  }

  /** The last 500 log lines of the engine and the steps. */
  get log(): readonly string[] {
    return this.#line.logs;
  }

  /** Send a request to the API. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer> {
    return send(this.api, method, path, options);
  }

  /** Send an event, as from outside; resolves when it is accepted, and rejects when the payload does not fit. */
  trigger(target: string, payload: unknown = {}, options: TestTriggerOptions = {}): Promise<Receipt> {
    const { delay, idempotencyKey, ...rest } = options;
    return this.#line.order('trigger', {
      target,
      payload,
      ...(delay === undefined ? {} : { delay: seconds(delay) }),
      ...(idempotencyKey === undefined ? {} : { idempotency_key: idempotencyKey }),
      ...rest,
    });
  }

  /**
   * Send an event, wait until nothing runs, and resolve to the run's result.
   *
   * @throws RunFailed when the run is dead, or waits for a retry or a delay.
   */
  async call(target: string, payload: unknown = {}, options: TestTriggerOptions = {}): Promise<any> {
    const { runId } = await this.trigger(target, payload, options);
    await this.waitIdle();
    const run: TestRun = await this.run(runId);
    if (run.state !== 'completed') throw new RunFailed(run);
    return run.result;
  }

  /** Fire a cron step by hand. */
  fire(step: string): Promise<Receipt> {
    return this.#line.order('fire', { step });
  }

  /** Resolve when nothing is running or ready; what is due later stays for `advance`. 10 s at most unless said. */
  waitIdle(options: { timeout?: Duration } = {}): Promise<void> {
    return this.#line.order('wait_idle', options.timeout === undefined ? {} : { timeout: seconds(options.timeout) });
  }

  /** Turn the clock: delays, retries and schedules on the way happen, in order. */
  advance(span: Span): Promise<void> {
    return this.#line.order('advance', { seconds: seconds(span) });
  }

  /** The engine's frozen time. */
  async now(): Promise<Date> {
    return new Date(await this.#line.order('now'));
  }

  /** One run. */
  run(id: string): Promise<TestRun> {
    return this.#line.order('run', { run: id });
  }

  /** Runs, oldest first. */
  runs(where: { step?: string; state?: string } = {}): Promise<TestRun[]> {
    return this.#line.order('runs', where);
  }

  /** A group of the state store. */
  state(group: string): Promise<Record<string, any>> {
    return this.#line.order('state', { group });
  }

  /** Messages that were logged, of one step or all, oldest first. */
  logs(options: { step?: string } = {}): Promise<string[]> {
    return this.#line.order('logs', options);
  }

  /** Write the log to standard error. Done by itself when a test given to `app` fails, or the process ends with an error. */
  showLog(): void {
    this.#forget();
    if (this.log.length > 0) process.stderr.write(`\n--- log of the engine ---\n${this.log.join('\n')}\n---\n`);
  }

  /** @internal The test is over and went well: nobody wants the log. */
  [passed](): void {
    this.#forget();
  }

  #forget(): void {
    const at = unseen.indexOf(this);
    if (at >= 0) unseen.splice(at, 1);
  }

  /** Stop the engine; safe twice. */
  stop(): Promise<void> {
    return this.#line.stop();
  }

  /** For `await using client = await app()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

type Use<T> = (client: Client) => T | Promise<T>;

/**
 * Start an engine for the project: memory ledger, free port, a clock that stands still, workers as in `motia dev`.
 *
 * With a function, the engine is stopped when the function ends, and its log is shown when it throws.
 * Without one, stop it yourself: `await client.stop()`, or `await using client = await app()`.
 *
 * @throws EngineError when there is no engine, or the project has faults.
 */
export function app(options?: AppOptions): Promise<Client>;
export function app<T>(use: Use<T>): Promise<T>;
export function app<T>(options: AppOptions, use: Use<T>): Promise<T>;
export async function app<T>(first: AppOptions | Use<T> = {}, second?: Use<T>): Promise<Client | T> {
  const use = typeof first === 'function' ? first : second;
  const client = await start(typeof first === 'function' ? {} : first);
  if (use === undefined) return client;
  try {
    const value = await use(client);
    client[passed]();
    return value;
  } catch (error) {
    // Stopped first: the last lines of the log may still be on their way.
    await client.stop();
    client.showLog();
    throw error;
  } finally {
    await client.stop();
  }
}

async function start(options: AppOptions): Promise<Client> {
  const args = ['--seed', String(options.seed ?? 1)];
  if (options.start !== undefined) args.push('--start', new Date(options.start).toISOString());
  if (options.lenient) args.push('--lenient');
  const line = await Line.open({
    root: rootOf(options.root),
    args,
    environment: environmentOf(options.env),
    startLimitMs: seconds(options.startTimeout ?? 60) * 1_000,
  });
  const client = new Client(line);
  if (unseen.length === 0) watchExit();
  unseen.push(client);
  if (unseen.length > SHOWN_MAX) unseen.shift();
  return client;
}

function environmentOf(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const environment = { ...process.env, ...more };
  // It would make Node steps report to the test runner.
  delete environment.NODE_TEST_CONTEXT;
  return environment;
}

let isWatching = false;

function watchExit(): void {
  if (isWatching) return;
  isWatching = true;
  process.once('exit', (code) => {
    if (code) for (const client of [...unseen]) client.showLog();
  });
}

function rootOf(given: string | URL | undefined): string {
  if (given !== undefined) return given instanceof URL ? fileURLToPath(given) : resolve(given);
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'motia', 'steps'))) return folder;
    if (dirname(folder) === folder) {
      throw new EngineError(`${process.cwd()} is in no Motia project: give app({ root: … })`, 'no-project');
    }
  }
}

function seconds(span: Span): number {
  if (typeof span === 'number') return span;
  if (typeof span === 'object') {
    return (span.seconds ?? 0) + (span.minutes ?? 0) * 60 + (span.hours ?? 0) * 3_600 + (span.days ?? 0) * 86_400;
  }
  const found = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(span.trim());
  const unit = UNITS[found?.[2] ?? ''];
  if (found === null || unit === undefined)
    throw new TypeError(`${JSON.stringify(span)} is no duration: write seconds, or '500ms', '30s', '5m', '1h', '1d'`);
  return Number(found[1]) * unit;
}
