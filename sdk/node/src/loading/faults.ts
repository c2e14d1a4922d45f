/**
 * What goes wrong while a project loads, as the author reads it: a place, a reason, and what to do.
 *
 * 1. Every place is the author's file and line, never one of a compiled file.
 * 2. Whatever was thrown becomes one fault, `undefined` and circular objects too.
 */

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Message } from 'esbuild';
import { notExported } from './library.js';
import { closestBuiltin, hintOfPackage, packageOf } from './packages.js';
import { authorPosition } from './positions.js';
import { findSyntaxError } from './syntax.js';

/** Why a file could not be loaded; `also` is a second place, `severity` is `error` unless said. */
export interface Fault {
  code: string;
  file: string;
  line?: number;
  message: string;
  hint?: string;
  also?: string;
  stack?: string;
  severity?: 'error' | 'warning';
}

const STACK_CHARS_MAX = 16_384;

/** Thrown in the place of a module that does not compile, or is not there. */
export class BrokenModule extends Error {
  constructor(readonly fault: Fault) {
    super(`${fault.file}:${fault.line ?? 0}: ${fault.message}`);
    this.name = 'BrokenModule';
  }
}

/** Thrown by `process.exit()` while files are loaded. */
export class ExitAtLoad extends Error {
  constructor(readonly exitCode: unknown) {
    super(`process.exit(${exitCode === undefined ? '' : String(exitCode)}) while the project is loaded`);
    this.name = 'ExitAtLoad';
  }
}

/** The fault of one message of esbuild, in the file that the message is about. */
export function faultOfMessage(message: Message, fallbackFile: string, severity?: 'warning'): Fault {
  const at = message.location;
  const notes = message.notes.map((note) => note.text).filter((text) => text !== '');
  const fault: Fault = {
    code: severity ? 'compile-warning' : isAboutImports(message.text) ? 'import-error' : 'syntax-error',
    file: at?.file || fallbackFile,
    message: message.text.startsWith('Could not resolve') ? `${lowerFirst(message.text)}` : message.text,
    hint: hintOfMessage(message.text) ?? notes[0] ?? (at ? `look at: ${at.lineText.trim()}` : 'look at the file'),
  };
  if (at) {
    fault.line = at.line;
    fault.stack = `${at.file}:${at.line}:${at.column + 1}\n${frameOf(at.lineText, at.column, at.length)}`;
  }
  if (severity) fault.severity = severity;
  return fault;
}

function isAboutImports(text: string): boolean {
  return /^(Could not resolve|No matching export|No loader is configured|Cannot (read|import)|The symbol .* was externalized)/.test(
    text,
  );
}

function hintOfMessage(text: string): string | undefined {
  if (text.startsWith('Could not resolve')) return 'look whether the file is there and its name is spelled right';
  if (text.startsWith('No matching export')) return 'look whether the name is exported and spelled right';
  if (text.startsWith('No loader is configured')) {
    return "steps import JavaScript, TypeScript and JSON; read other files with readFileSync(new URL('./file', import.meta.url))";
  }
  return undefined;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The source line with a caret below the place; long lines are cut around it. */
export function frameOf(lineText: string, column: number, length: number): string {
  const from = Math.max(0, column - 80);
  const shown = lineText.slice(from, from + 160).replaceAll('\t', ' ');
  return `    ${shown}\n    ${' '.repeat(column - from)}${'^'.repeat(Math.max(1, Math.min(length, 60)))}`;
}

/** The fault of a step file whose helper is broken: the helper's place and reason. */
export function faultOfImporter(file: string, broken: Fault, line?: number): Fault {
  if (broken.file === file) return broken;
  const place = broken.line ? `${broken.file}:${broken.line}` : broken.file;
  return {
    code: broken.code,
    file,
    ...(line ? { line } : {}),
    message: `${place}, which it imports: ${broken.message}`,
    hint: `mend ${place}${broken.hint ? `: ${broken.hint}` : ''}`,
    also: place,
    ...(broken.stack ? { stack: broken.stack } : {}),
  };
}

/**
 * The fault of the step file `file` (relative to `root`) whose evaluation threw `error`.
 *
 * `imported` are the files that it imports: one of them may be what cannot be read.
 */
export function faultOfEvaluation(error: unknown, file: string, root: string, imported: readonly string[] = []): Fault {
  const broken = brokenIn(error);
  if (broken) return faultOfImporter(file, broken);
  const stack = textOf(error, 'stack');
  const frames = authorFrames(stack);
  const here = frames.find((frame) => frame.file === file);
  const innermost = frames[0];
  const base: Fault = { code: 'load-error', file, message: describe(error) };
  if (here) base.line = here.line;
  if (innermost && innermost.file !== file) base.also = `${innermost.file}:${innermost.line}`;
  const authored = stackOf(error, stack, frames);
  if (authored) base.stack = authored;
  if (error instanceof ExitAtLoad || textOf(error, 'name') === 'ExitAtLoad') {
    const code = (error as ExitAtLoad).exitCode;
    return {
      ...base,
      message: `the file ends the process while it is loaded: process.exit(${code === undefined ? '' : String(code)})`,
      hint: 'throw an error instead, and put what runs as a script into a file outside motia/steps',
    };
  }
  const ofImport = importFault(error, base, root);
  if (ofImport) return ofImport;
  if (textOf(error, 'name') === 'SyntaxError' && frames.length === 0) {
    return nativeSyntaxFault(base, root, [file, ...imported]);
  }
  return { ...base, hint: 'the line throws while the file is loaded; work belongs into a handler or onStart' };
}

/** The fault of a file whose evaluation did not end within `limitMs`. */
export function faultOfHang(file: string, limitMs: number): Fault {
  return {
    code: 'load-error',
    file,
    message: `the file, or one it imports, has not finished loading after ${limitMs / 1000} s`,
    hint: 'a top-level await does not settle; open connections in onStart, or give the wait a limit',
  };
}

interface Frame {
  file: string;
  line: number;
  text: string;
}

const FRAME = /^\s*at (?:.*\()?(?:async )?((?:file:\/\/|\/)[^()]*?):(\d+):(\d+)\)?$/;

function authorFrames(stack: string): Frame[] {
  const found: Frame[] = [];
  for (const text of stack.split('\n')) {
    const match = FRAME.exec(text);
    if (!match?.[1]) continue;
    const place = authorPosition(match[1], Number(match[2]), Number(match[3]));
    if (place) found.push({ ...place, text: text.replace(`${match[1]}:${match[2]}`, `${place.file}:${place.line}`) });
  }
  return found;
}

function stackOf(error: unknown, stack: string, frames: Frame[]): string {
  const lines = frames.length > 0 ? [describe(error), ...frames.map((frame) => frame.text)] : [stack];
  const cause = (error as { cause?: unknown } | null | undefined)?.cause;
  if (cause !== undefined) lines.push(`caused by ${describe(cause)}`);
  const text = lines.join('\n');
  return text.length > STACK_CHARS_MAX ? `${text.slice(0, STACK_CHARS_MAX)}…` : text;
}

function describe(error: unknown): string {
  const message = textOf(error, 'message');
  const name = textOf(error, 'name');
  if (name || message) return name && message ? `${name}: ${message}` : name || message;
  try {
    return `${typeof error === 'object' && error !== null ? JSON.stringify(error) : String(error)} was thrown`;
  } catch {
    return 'an object that is no error was thrown';
  }
}

function textOf(error: unknown, name: 'name' | 'message' | 'stack' | 'code'): string {
  try {
    const value = (error as Record<string, unknown> | null | undefined)?.[name];
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}

function brokenIn(error: unknown): Fault | undefined {
  if (textOf(error, 'name') !== 'BrokenModule') return undefined;
  return (error as { fault?: Fault }).fault;
}

// imports that fail when they are linked

const IMPORT_CODES = new Set([
  'ERR_MODULE_NOT_FOUND',
  'MODULE_NOT_FOUND',
  'ERR_UNKNOWN_BUILTIN_MODULE',
  'ERR_PACKAGE_PATH_NOT_EXPORTED',
  'ERR_PACKAGE_IMPORT_NOT_DEFINED',
  'ERR_INVALID_MODULE_SPECIFIER',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_IMPORT_ATTRIBUTE_MISSING',
  'ERR_IMPORT_ASSERTION_TYPE_MISSING',
  'ERR_REQUIRE_ESM',
  'ERR_REQUIRE_ASYNC_MODULE',
  'ERR_REQUIRE_CYCLE_MODULE',
  'MOTIA_UNCOMPILED',
]);

const LINK = /does not provide an export named|Named export '.*' not found/;

function importFault(error: unknown, base: Fault, root: string): Fault | undefined {
  const code = textOf(error, 'code');
  const message = textOf(error, 'message');
  if (LINK.test(message) && textOf(error, 'name') === 'SyntaxError') return linkFault(error, base, root);
  if (!IMPORT_CODES.has(code)) return undefined;
  const importer = importerOf(error, message) ?? base.file;
  const name = /Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1];
  const builtin = /No such built-in module: (\S+)/.exec(message)?.[1];
  const missing = builtin ?? (name && !/^([./]|file:)/.test(name) ? packageOf(name) : undefined);
  if (missing === undefined) return fileFault(base, root, importer, name, message, code);
  const hint = builtin ? closestBuiltin(builtin) : hintOfPackage(missing, root);
  const what = builtin ? `there is no Node module '${builtin}'` : `cannot find package '${missing}'`;
  return placed(base, root, importer, missing, what, hint);
}

/** A file that is not there, or that Node refuses; it is named as its importer names it. */
function fileFault(
  base: Fault,
  root: string,
  importer: string,
  name: string | undefined,
  message: string,
  code: string,
): Fault {
  const wanted = name === undefined ? undefined : basename(name);
  const text = wanted && readLines(join(root, importer)).find((line) => line.includes(wanted));
  const written = text ? /['"`](\.[^'"`]*)['"`]/.exec(text)?.[1] : undefined;
  if (written === undefined) return placed(base, root, importer, undefined, firstLine(message), hintOf(code));
  return placed(base, root, importer, written, `could not resolve "${written}"`, hintOf(code));
}

function placed(
  base: Fault,
  root: string,
  importer: string,
  name: string | undefined,
  what: string,
  hint?: string,
): Fault {
  const line = name ? lineOf(join(root, importer), name) : 0;
  const place = line ? `${importer}:${line}` : importer;
  const fault: Fault = { ...base, code: 'import-error', message: name ? `${what}, imported by ${place}` : what };
  if (hint) fault.hint = hint;
  if (importer === base.file) {
    if (line) fault.line = line;
    delete fault.also;
  } else {
    fault.also = place;
  }
  return fault;
}

function linkFault(error: unknown, base: Fault, root: string): Fault {
  const message = textOf(error, 'message');
  const at = placeOfHeader(textOf(error, 'stack'));
  const name = /export named '([^']+)'|Named export '([^']+)'/.exec(message);
  const importer = at?.file ?? base.file;
  const fault = placed(base, root, importer, undefined, firstLine(message));
  const wanted = name?.[1] ?? name?.[2] ?? '';
  fault.hint = `look whether '${wanted}' is exported there; a type is imported by: import { type … }`;
  if (message.startsWith('Named export')) fault.hint = "write: import all from '…', and take the name from it";
  Object.assign(fault, notExported(/requested module '([^']+)'/.exec(message)?.[1] ?? '', wanted));
  if (at && importer === base.file) fault.line = at.line;
  if (at && importer !== base.file) fault.also = `${at.file}:${at.line}`;
  const text = at && readLines(join(root, at.file))[at.line - 1];
  if (at && text) {
    const column = Math.max(0, text.indexOf(wanted));
    fault.stack = `${at.file}:${at.line}:${column + 1}\n${frameOf(text, column, wanted.length)}`;
  }
  return fault;
}

function nativeSyntaxFault(base: Fault, root: string, files: readonly string[]): Fault {
  const at = findSyntaxError(root, files);
  if (!at) return { ...base, code: 'syntax-error', hint: 'look at the file, and at what it imports' };
  return faultOfImporter(base.file, {
    code: 'syntax-error',
    file: at.file,
    line: at.line,
    message: at.message,
    hint: `look at: ${at.text.trim()}`,
    stack: `${at.file}:${at.line}:${at.column + 1}\n${frameOf(at.text, at.column, 1)}`,
  });
}

/** Node puts the place of an import that fails before the error itself: `file:///a.js:3`, the line, a caret. */
function placeOfHeader(stack: string): { file: string; line: number } | undefined {
  const lines = stack.split('\n');
  const match = /^((?:file:\/\/|\/).*):(\d+)$/.exec(lines[0] ?? '');
  if (!match?.[1]) return undefined;
  const caret = (lines[2] ?? '').indexOf('^');
  return authorPosition(match[1], Number(match[2]), Math.max(1, caret + 1));
}

function importerOf(error: unknown, message: string): string | undefined {
  const required = (error as { requireStack?: string[] }).requireStack?.[0];
  const from = required ?? /imported from (.+?)(?:\n|$)/.exec(message)?.[1];
  return from ? authorPosition(from.replace(/^'|'$/g, ''), 1, 1)?.file : undefined;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}

function hintOf(code: string): string | undefined {
  if (code === 'ERR_REQUIRE_ASYNC_MODULE') return 'import the module instead of requiring it: it uses top-level await';
  if (code === 'ERR_REQUIRE_CYCLE_MODULE') return 'two files require each other; import one of them inside a function';
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return 'a package has to come compiled to JavaScript';
  if (/ATTRIBUTE|ASSERTION/.test(code)) return "write: import data from './file.json' with { type: 'json' }";
  return 'look whether the file is there and its name is spelled right';
}

/** The line of `file` (absolute) that names `specifier` in quotes, or a path below it; 0 when none does. */
function lineOf(file: string, specifier: string): number {
  const escaped = specifier.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const quoted = new RegExp(`['"\`]${escaped}(/[^'"\`]*)?['"\`]`);
  return readLines(file).findIndex((line) => quoted.test(line)) + 1;
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
