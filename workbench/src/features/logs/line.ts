/** A log line on the screen, and which lines a reader wants. */

import type { Schemas } from '../../api/client';
import type { FeedItem } from '../../api/feed';
import { printJson } from '../../lib/exact';
import { instant } from '../../lib/format';

export interface LogLine {
  /** Rises with the place in the list; negative for lines that were read backwards. */
  key: number;
  at: number;
  level: string;
  message: string;
  step: string | null;
  trace: string | null;
  run: string | null;
  attempt: number;
  source: string;
  fields: unknown;
}

/** What the address of the screen may say. `level` is the least level. */
export interface LogQuery {
  level?: string | undefined;
  step?: string | undefined;
  trace?: string | undefined;
  run?: string | undefined;
  source?: string | undefined;
  text?: string | undefined;
}

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const FIELD = /^([^\s="]{1,100})=(.*)$/s;
const FILTERS = ['level', 'step', 'trace', 'run', 'source', 'text'] as const;

/** The filters of an address that this screen knows. */
export function queryOf(filters: Record<string, string | undefined>): LogQuery {
  return Object.fromEntries(FILTERS.filter((name) => filters[name]).map((name) => [name, filters[name]]));
}

/** A stored line; `key` is put in by the buffer. */
export function ofPage(line: Schemas['LogView']): LogLine {
  return { ...line, key: 0, at: instant(line.at), fields: line.fields ?? null };
}

/** A line of the live feed. */
export function ofFeed(item: FeedItem): LogLine {
  const { level, message, step, trace, run, attempt, source, fields } = item.data;
  return {
    key: 0,
    at: instant(item.at),
    level: String(level),
    message: String(message),
    step: textOrNull(step),
    trace: textOrNull(trace),
    run: textOrNull(run),
    attempt: Number(attempt ?? 0),
    source: String(source ?? ''),
    fields: fields ?? null,
  };
}

/** Whether the engine would have found `line` for `query`. */
export function fits(line: LogLine, query: LogQuery): boolean {
  if (query.level !== undefined && rank(line.level) < rank(query.level)) return false;
  if (query.step !== undefined && line.step !== query.step) return false;
  if (query.trace !== undefined && line.trace !== query.trace) return false;
  if (query.run !== undefined && line.run !== query.run) return false;
  if (query.source !== undefined && line.source !== query.source) return false;
  if (query.text === undefined) return true;
  if (lower(line.message).includes(lower(query.text))) return true;
  if (line.fields === null) return false;
  const fields = lower(printJson(line.fields));
  return inFields(query.text).some((part) => fields.includes(lower(part)));
}

/** What to look for in the JSON of the fields: `name=value` is also a field whose value begins so, text or not. */
function inFields(text: string): string[] {
  const [, name, value] = FIELD.exec(text) ?? [];
  if (name === undefined || value === undefined) return [text];
  const key = JSON.stringify(name);
  return [text, `${key}:${value}`, `${key}:${JSON.stringify(value).slice(0, -1)}`];
}

/** ASCII alone, as the engine compares. */
function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** What tells two lines apart: the feed has no ids. */
export function signature(line: LogLine): string {
  return `${line.at}|${line.level}|${line.step}|${line.run}|${line.trace}|${line.message}|${printJson(line.fields)}`;
}

/** The line as it is copied. */
export function asJson(line: LogLine): Record<string, unknown> {
  const { key: _, at, ...rest } = line;
  return { at: new Date(at).toISOString(), ...rest };
}

function rank(level: string): number {
  return LEVELS.indexOf(level as (typeof LEVELS)[number]);
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
