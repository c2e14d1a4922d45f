/**
 * The line to a test's engine: `motia serve-test` in a child process, one JSON object a line.
 *
 * Invariants
 * 1. Every order is answered or refused: the end of the engine refuses what is open.
 * 2. An engine that nobody stops neither keeps the test process alive nor outlives it: it ends with its input.
 * 3. At most LINES_MAX log lines are kept.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { type Engine, findEngine, howToGetTheEngine } from './engine.js';

const LINES_MAX = 500;
const LINES_IN_ERROR = 20;
const STOP_LIMIT_MS = 10_000;

/** The engine refused, or is gone; `code` says which kind of refusal. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  constructor(
    message: string,
    readonly code: string,
    readonly details?: unknown,
  ) {
    super(message);
  }
}

interface Refusal {
  code: string;
  message: string;
  hint?: string;
  details?: unknown;
}

interface Told {
  ready?: { api: string; version: string };
  failed?: Refusal;
  log?: { text: string; lost?: number };
  id?: number;
  value?: unknown;
  error?: Refusal;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** How to start an engine. */
export interface LineOptions {
  root: string;
  /** Arguments of `serve-test` besides the project. */
  args: readonly string[];
  environment: NodeJS.ProcessEnv;
  startLimitMs: number;
}

/** A running engine. Made by `Line.open`. */
export class Line {
  readonly logs: string[] = [];
  api = '';
  #child: ChildProcess;
  #open = new Map<number, Waiting>();
  #last = 0;
  #ended: Promise<void>;
  #isGone = false;

  private constructor(engine: Engine, options: LineOptions) {
    this.#child = spawn(engine.command, [...engine.args, 'serve-test', '--project', options.root, ...options.args], {
      cwd: options.root,
      env: options.environment,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => this.#end(signal ?? `code ${code}`, resolve));
      this.#child.once('error', (error) => this.#end(error.message, resolve));
    });
    this.#child.stdin?.on('error', () => {});
    eachLine(this.#child.stdout as Readable, (line) => this.#hear(JSON.parse(line) as Told));
    eachLine(this.#child.stderr as Readable, (line) => this.#keep(line));
    this.#hold(false);
  }

  /**
   * Start an engine; resolves when its API answers.
   *
   * @throws EngineError when there is no engine, or the project cannot be started: all its faults are in the message.
   */
  static async open(options: LineOptions): Promise<Line> {
    const engine = findEngine(options.root, options.environment);
    if (engine === undefined) throw new EngineError(howToGetTheEngine(), 'no-engine');
    const line = new Line(engine, options);
    const limit = setTimeout(() => line.#child.kill('SIGKILL'), options.startLimitMs);
    try {
      await line.#answer(0);
    } finally {
      clearTimeout(limit);
    }
    return line;
  }

  /** Have the engine do something; resolves to its answer. */
  async order(op: string, args: object = {}): Promise<any> {
    if (this.#isGone) throw this.#gone('it was stopped before this');
    const placed = new Error();
    this.#last += 1;
    const answer = this.#answer(this.#last);
    this.#child.stdin?.write(`${JSON.stringify({ id: this.#last, op, args })}\n`);
    try {
      return await answer;
    } catch (error) {
      // The refusal was made where the line is read; who looks at it wants the place in the test.
      const frames = placed.stack?.split('\n').slice(1).join('\n');
      if (error instanceof Error) error.stack = `${error.name}: ${error.message}\n${frames}`;
      throw error;
    }
  }

  /** Stop the engine; resolves when its process is gone. Safe twice. */
  async stop(): Promise<void> {
    if (this.#isGone) return;
    this.#hold(true);
    this.#child.stdin?.end();
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT_MS);
    await this.#ended;
    clearTimeout(limit);
  }

  #answer(id: number): Promise<unknown> {
    this.#hold(true);
    return new Promise((resolve, reject) => this.#open.set(id, { resolve, reject }));
  }

  #hear(told: Told): void {
    if (told.log) this.#keep(told.log.text, told.log.lost);
    else if (told.ready) {
      this.api = told.ready.api;
      this.#settle(0, (waiting) => waiting.resolve(undefined));
    } else if (told.failed) this.#settle(0, (waiting) => waiting.reject(refused(told.failed as Refusal)));
    else if (told.error) this.#settle(told.id, (waiting) => waiting.reject(refused(told.error as Refusal)));
    else this.#settle(told.id, (waiting) => waiting.resolve(told.value));
  }

  #settle(id: number | undefined, answer: (waiting: Waiting) => void): void {
    const waiting = this.#open.get(id ?? -1);
    if (waiting === undefined) return;
    this.#open.delete(id as number);
    if (this.#open.size === 0) this.#hold(false);
    answer(waiting);
  }

  #keep(text: string, lost = 0): void {
    if (lost) this.logs.push(`… ${lost} lines lost`);
    this.logs.push(text);
    if (this.logs.length > LINES_MAX) this.logs.splice(0, this.logs.length - LINES_MAX);
    if (process.env.MOTIA_TEST_LOGS) process.stderr.write(`${text}\n`);
  }

  #end(how: string, ended: () => void): void {
    this.#isGone = true;
    for (const id of [...this.#open.keys()])
      this.#settle(id, (waiting) => waiting.reject(this.#gone(`it ended with ${how}`)));
    ended();
  }

  #gone(why: string): EngineError {
    const last = this.logs.slice(-LINES_IN_ERROR).map((line) => `\n  ${line}`);
    return new EngineError(`the engine of this test does not run: ${why}${last.join('')}`, 'engine-gone');
  }

  /** Whether the child keeps this process alive: only while an answer is awaited. */
  #hold(isHeld: boolean): void {
    const handles = [this.#child, this.#child.stdout as Socket | null, this.#child.stderr as Socket | null];
    for (const handle of [...handles, this.#child.stdin as Socket | null]) {
      if (isHeld) handle?.ref();
      else handle?.unref();
    }
  }
}

function refused(error: Refusal): EngineError {
  return new EngineError(
    error.hint ? `${error.message}\n${error.hint}` : error.message,
    error.code,
    error.details ?? undefined,
  );
}

function eachLine(stream: Readable, take: (line: string) => void): void {
  let rest: Buffer[] = [];
  stream.on('data', (piece: Buffer) => {
    let from = 0;
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, from)) {
      const line = Buffer.concat([...rest, piece.subarray(from, at)]).toString('utf8');
      rest = [];
      from = at + 1;
      if (line) take(line);
    }
    if (from < piece.length) rest.push(piece.subarray(from));
  });
}
