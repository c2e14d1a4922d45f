/**
 * console, standard output and standard error inside a handler become log lines of its run; outside of
 * one, of the worker itself.
 *
 * A line without an end is kept with its invocation until the end comes or the invocation is answered,
 * at most `LINE_CHARS_MAX` of it.
 */

import { StringDecoder } from 'node:string_decoder';
import { formatWithOptions } from 'node:util';
import { withoutOwnFrames } from '../authoring/frames.js';
import { current, type LogLevel } from '../authoring/invocation.js';
import { Running } from './running.js';

export const LINE_CHARS_MAX = 65_536;

/** Takes a log line. */
export type LogLine = (running: Running | undefined, level: LogLevel, message: string, source: string) => void;

type Source = 'print' | 'stderr';

const LEVELS: { readonly [S in Source]: LogLevel } = { print: 'info', stderr: 'warn' };
const FORMAT = { colors: false, depth: 4, maxArrayLength: 100, maxStringLength: 16_384 } as const;
const METHODS: readonly (readonly ['debug' | 'log' | 'info' | 'warn' | 'error', LogLevel])[] = [
  ['debug', 'debug'],
  ['log', 'info'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['error', 'error'],
];

/** Replace console and the standard streams of this process. */
export function capture(log: LogLine): void {
  for (const [name, level] of METHODS) {
    console[name] = (...values: unknown[]): void => log(alive(), level, format(values), 'print');
  }
  console.trace = (...values: unknown[]): void => {
    const stack = (new Error().stack ?? '').split('\n').slice(2).join('\n');
    log(alive(), 'debug', withoutOwnFrames(`${format(values)}\n${stack}`), 'print');
  };
  captureStream(process.stdout, 'print', log);
  captureStream(process.stderr, 'stderr', log);
}

/** Log what an invocation printed without a line end. */
export function flushPrinted(running: Running, log: LogLine): void {
  const { printed } = running;
  running.printed = undefined;
  for (const [source, rest] of printed ?? []) {
    if (rest !== '') log(running, LEVELS[source as Source], rest, source);
  }
}

function captureStream(stream: NodeJS.WriteStream, source: Source, log: LogLine): void {
  const own = new Map<string, string>();
  const decoder = new StringDecoder('utf8');
  const write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
    const text = typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk));
    const running = alive();
    const held = running === undefined ? own : (running.printed ??= new Map());
    const lines = `${held.get(source) ?? ''}${text}`.split('\n');
    let rest = lines.pop() as string;
    if (rest.length > LINE_CHARS_MAX) {
      lines.push(rest);
      rest = '';
    }
    held.set(source, rest);
    for (const line of lines) {
      if (line !== '') log(running, LEVELS[source], line, source);
    }
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') process.nextTick(done as () => void);
    return true;
  };
  stream.write = write as typeof stream.write;
}

function format(values: unknown[]): string {
  try {
    return withoutOwnFrames(formatWithOptions(FORMAT, ...values));
  } catch {
    return '(a value that cannot be shown)';
  }
}

function alive(): Running | undefined {
  const running = current.getStore();
  return running instanceof Running && !running.isOver ? running : undefined;
}
