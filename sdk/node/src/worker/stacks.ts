/**
 * Stacks as an author wants to see them: only frames of the project, innermost last, the message at the end.
 *
 * `worker.md` and the grouping of errors in the Workbench lean on the order.
 */

import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OWN_DIR } from '../authoring/frames.js';
import { authorPosition } from '../loading/positions.js';

const CAUSES_MAX = 5;
const FRAMES_MAX = 50;
const FRAME = /^\s+at (?:(.+?) \()?((?:file:\/\/)?\/[^)]*?):(\d+):(\d+)\)?$/;

/** One frame of a stack, at the author's place where that is known. */
export interface StackFrame {
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** Name and message of anything that was thrown. Never throws. */
export function describe(error: unknown): { name: string; message: string } {
  try {
    if (error instanceof Error) return { name: String(error.name || 'Error'), message: String(error.message) };
    if (typeof error === 'string') return { name: 'Error', message: error };
    if (error === undefined || error === null) return { name: 'Error', message: `the handler threw ${String(error)}` };
    if (typeof error === 'object') {
      const { name, message } = error as { name?: unknown; message?: unknown };
      if (typeof message === 'string') return { name: typeof name === 'string' ? name : 'Error', message };
      return { name: 'Error', message: `the handler threw ${jsonOrTag(error)}` };
    }
    return { name: 'Error', message: `the handler threw ${String(error)}` };
  } catch {
    return { name: 'Error', message: '(its text cannot be read)' };
  }
}

/** The frames of `error` and its causes that lie in the project; all but ours when there is none. */
export function authorStack(error: unknown, root: string): string {
  const parts: string[] = [];
  const seen = new Set<unknown>();
  let link: unknown = error;
  do {
    seen.add(link);
    parts.push(one(link, root));
    link = link instanceof Error ? link.cause : undefined;
  } while (link !== undefined && link !== null && !seen.has(link) && parts.length < CAUSES_MAX);
  return parts.join('\ncaused by:\n');
}

/** The frames of a V8 stack text, innermost first. */
export function framesOf(stack: string): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const text of stack.split('\n')) {
    const found = FRAME.exec(text);
    if (found === null) continue;
    const [, name = '', where = '', line, column] = found;
    const path = where.startsWith('file:') ? pathOf(where) : where;
    frames.push({ name: name.replace(/^async /, ''), path, line: Number(line), column: Number(column) });
  }
  return frames;
}

/** Frames as text: those of the project if there are any, innermost last. */
export function framesText(frames: readonly StackFrame[], root: string): string {
  const shown = frames.filter((frame) => !frame.path.startsWith(OWN_DIR));
  const authored = shown.filter((frame) => isAuthored(frame.path, root));
  const chosen = (authored.length > 0 ? authored : shown).map((frame) => frameText(frame, root)).reverse();
  if (chosen.length > FRAMES_MAX) {
    chosen.splice(FRAMES_MAX / 2, chosen.length - FRAMES_MAX, `    … ${chosen.length - FRAMES_MAX} frames\n`);
  }
  return chosen.join('');
}

/** The innermost frame of the project; undefined when there is none. */
export function innermostAuthored(stack: string, root: string): { file: string; line: number } | undefined {
  const frame = framesOf(stack).find((one) => !one.path.startsWith(OWN_DIR) && isAuthored(one.path, root));
  if (frame === undefined) return undefined;
  return authorPosition(frame.path, frame.line, frame.column) ?? { file: relative(root, frame.path), line: frame.line };
}

/** Whether `path` belongs to the project and not to what is installed in it. */
export function isAuthored(path: string, root: string): boolean {
  return path.startsWith(root + sep) && !path.includes(`${sep}node_modules${sep}`);
}

/** `text` with at most about `bytesMax` bytes of UTF-8, marked when something was cut. */
export function cut(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax;
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString('utf8', 0, end)}… (${bytes.length - end} bytes cut)`;
}

function one(error: unknown, root: string): string {
  const { name, message } = describe(error);
  const head = message === '' ? name : `${name}: ${message}`;
  let stack: unknown;
  try {
    stack = error instanceof Error ? error.stack : undefined;
  } catch {
    stack = undefined;
  }
  return typeof stack === 'string' ? framesText(framesOf(stack), root) + head : head;
}

function frameText(frame: StackFrame, root: string): string {
  const place = isAuthored(frame.path, root) ? authorPosition(frame.path, frame.line, frame.column) : undefined;
  const file = place?.file ?? (frame.path.startsWith(root + sep) ? relative(root, frame.path) : frame.path);
  const where =
    place !== undefined && place.line !== frame.line
      ? `${file}:${place.line}`
      : `${file}:${frame.line}:${frame.column}`;
  return frame.name === '' ? `    at ${where}\n` : `    at ${frame.name} (${where})\n`;
}

function jsonOrTag(value: object): string {
  try {
    return JSON.stringify(value) ?? Object.prototype.toString.call(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}
