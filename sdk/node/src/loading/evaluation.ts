/**
 * What files of configuration, events and workflows say, as JSON, for the engine.
 *
 * The answer is `{files: {file: {exports} | {error}}, workflows, read}`; an export is one of `{json}`, `{schema}` (JSON
 * Schema), `{map}` (an object, not all of it JSON) and `{other}` (its type), each with the `line` that names it.
 * Of a file below motia/workflows only the calls of `workflow` count. One file that fails costs no other its answer.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectWorkflows, type DeclaredWorkflow, WORKFLOWS_DIR } from '../authoring/workflows.js';
import { readSchema, SchemaUnreadable } from '../schemas/reader.js';
import { type Fault, faultOfEvaluation } from './faults.js';
import { loadModules } from './loader.js';

const LIMIT_MS = 8_000;
const DEPTH_MAX = 64;

/** One exported value, in the first of these forms that fits. */
export type Export = { line?: number } & (
  | { json: unknown }
  | { schema: unknown }
  | { map: Record<string, Export> }
  | { other: string }
);

/** What a file exports, or why that is not known. */
export type FileAnswer = { exports: Record<string, Export> } | { error: Fault };

/** URL of the library that belongs to this code, once it is bundled into `dist/`. */
function ownSdkUrl(): string {
  return new URL('./index.mjs', import.meta.url).href;
}

/** Evaluate `files` (relative to `root`). Never rejects for what is in them. */
export async function evaluate(
  root: string,
  files: readonly string[],
  sdkUrl = ownSdkUrl(),
): Promise<{ files: Record<string, FileAnswer>; workflows: readonly DeclaredWorkflow[]; read: string[] }> {
  const workflows = collectWorkflows();
  const { modules, faults, read } = await loadModules({ root, files, sdkUrl, limitMs: LIMIT_MS });
  const answers: Record<string, FileAnswer> = {};
  for (const { file, namespace } of modules) answers[file] = await answerOf(root, file, namespace);
  const errors = faults.filter((fault) => fault.severity !== 'warning');
  for (const file of files) {
    const error = errors.find((fault) => fault.file === file) ?? errors[0];
    answers[file] ??= {
      error: forDefinitions(error ?? { code: 'load-error', file, message: 'the file did not load' }),
    };
  }
  return { files: answers, workflows, read };
}

async function answerOf(root: string, file: string, namespace: Record<string, unknown>): Promise<FileAnswer> {
  if (file.startsWith(WORKFLOWS_DIR)) return { exports: {} };
  const exports: Record<string, Export> = {};
  const lines = linesOf(join(root, file));
  for (const [name, exported] of Object.entries(namespace)) {
    const line = lineOf(lines, name);
    const at = line > 0 ? { line } : {};
    let value: unknown;
    try {
      const isMaker = name === 'default' && typeof exported === 'function' && !isSchema(exported);
      value = await (isMaker ? exported() : exported);
    } catch (error) {
      return { error: forDefinitions(faultOfEvaluation(error, file, root)) };
    }
    try {
      exports[name] = { ...formOf(value, name), ...at };
    } catch (error) {
      return { error: { code: 'invalid-schema', file, ...at, ...reasonOf(error, name) } };
    }
  }
  return { exports };
}

function reasonOf(error: unknown, name: string): { message: string; hint: string } {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof SchemaUnreadable) return { message: text, hint: error.hint };
  return { message: `${name}: ${text}`, hint: 'export a value, or a promise that is kept' };
}

/** The form of a value; throws SchemaUnreadable for a schema that JSON Schema cannot say. */
export function formOf(value: unknown, what: string, depth = 0): Export {
  if (isSchema(value)) return { schema: readSchema(value, what).json };
  if (isJson(value, 0)) return { json: value };
  const isMap = typeof value === 'object' && value !== null && isPlain(value) && depth < DEPTH_MAX;
  if (!isMap) return { other: Array.isArray(value) ? 'array' : typeof value };
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return { map: Object.fromEntries(entries.map(([key, one]) => [key, formOf(one, `${what}.${key}`, depth + 1)])) };
}

/** Whether it is an object of a schema library: zod 3 and 4, or Standard Schema. */
function isSchema(value: unknown): boolean {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject && ('~standard' in value || ('_def' in value && 'safeParse' in value));
}

function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth > DEPTH_MAX) return false;
  if (Array.isArray(value)) return value.every((one) => isJson(one, depth + 1));
  return isPlain(value) && Object.values(value).every((one) => one === undefined || isJson(one, depth + 1));
}

function isPlain(value: object): boolean {
  if (isSchema(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function forDefinitions(fault: Fault): Fault {
  if (!fault.hint?.includes('handler')) return fault;
  return { ...fault, hint: 'the line throws while the file is loaded; it must only define values' };
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** The line that names an export, from 1; 0 when none does plainly. */
function lineOf(lines: readonly string[], name: string): number {
  const escaped = name.replace(/\$/g, '\\$&');
  const named = new RegExp(
    `\\bexport\\s+(async\\s+)?(const|let|var|function\\*?|class)\\s+${escaped}\\b|\\bexports\\.${escaped}\\s*=`,
  );
  const inDefault = /\bexport\s+default\b|\bmodule\.exports\s*=|\bexport\s*=/;
  const found = lines.findIndex((line) => named.test(line) || (name === 'default' && inDefault.test(line)));
  return found + 1;
}

/** Write the answer to the file that the second argument names, and end: whatever a file has started ends too. */
export async function main([root = '', out = '', ...files]: readonly string[]): Promise<void> {
  // A promise that nobody awaits costs no other file its answer.
  process.on('unhandledRejection', (reason) => console.error(reason));
  process.on('uncaughtException', (error) => console.error(error));
  const answer = await evaluate(root, files);
  writeFileSync(out, JSON.stringify(answer), { mode: 0o600 });
  process.exit(0);
}
