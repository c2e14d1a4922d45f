/**
 * `node evaluate.mjs ROOT OUT FILE…`: what files export, as JSON, for the engine: event definitions, configuration.
 *
 * The answer is the one of every language:
 * `{files: {file: {exports: {name: {json} | {schema} | {map} | {other}}, error}}, read}`.
 * One file that fails costs no other file its answer.
 */

import { writeFileSync } from 'node:fs';
import type { Fault } from './loading/faults.js';
import { type LoadedModule, loadModules } from './loading/loader.js';
import { ownSdkUrl } from './loading/one.js';
import { authorPosition } from './loading/positions.js';
import { isJson, isPlainObject } from './schemas/contract.js';
import { readSchema, SchemaUnreadable } from './schemas/reader.js';

const DEPTH_MAX = 64;

/** One value: JSON, a schema (its JSON form), an object in which not all is JSON, or what it is instead. */
type Export = { json: unknown } | { schema: unknown } | { map: Record<string, Export> } | { other: string };

/** What a file exports, or why it cannot be said. */
type Answer = { exports: Record<string, Export> } | { error: Fault };

async function main([root = '', out = '', ...files]: string[]): Promise<void> {
  const { modules, faults, read } = await loadModules({ root, files, sdkUrl: ownSdkUrl() });
  const answers: Record<string, Answer> = {};
  for (const file of files) {
    const module = modules.find((one) => one.file === file);
    const fault = faults.find((one) => one.file === file && one.severity !== 'warning');
    if (module) answers[file] = await answerOf(root, module);
    else answers[file] = { error: fault ?? { code: 'load-error', file, message: 'the file did not load' } };
  }
  writeFileSync(out, JSON.stringify({ files: answers, read }));
  // What a file started (a server, a timer) must not hold the engine up.
  process.exit(0);
}

async function answerOf(root: string, { file, namespace }: LoadedModule): Promise<Answer> {
  const exports: Record<string, Export> = {};
  try {
    for (const [name, value] of Object.entries(namespace))
      exports[name] = describe(await settled(name, value), name, 0);
  } catch (error) {
    return { error: faultOf(root, file, error) };
  }
  return { exports };
}

/** A default export may be a promise, or a function that makes the value. */
function settled(name: string, value: unknown): unknown {
  const isMaker = name === 'default' && typeof value === 'function' && !isSchema(value);
  return isMaker ? (value as () => unknown)() : value;
}

function describe(value: unknown, what: string, depth: number): Export {
  if (isSchema(value)) return { schema: readSchema(value, what).json };
  if (isJson(value)) return { json: value };
  if (!isPlainObject(value) || depth > DEPTH_MAX) return { other: wordFor(value) };
  const map: Record<string, Export> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (inner !== undefined) map[name] = describe(inner, `${what}.${name}`, depth + 1);
  }
  return { map };
}

/** Whether a library of schemas made it; JSON Schema is JSON. */
function isSchema(value: unknown): boolean {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  return '~standard' in value || '_zod' in value || typeof (value as { _def?: unknown })._def === 'object';
}

function wordFor(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null)
    return typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`;
  if (Array.isArray(value)) return 'a list that is not all JSON';
  return `a ${value.constructor?.name ?? 'object'}`;
}

function faultOf(root: string, file: string, error: unknown): Fault {
  if (error instanceof SchemaUnreadable) {
    return { code: 'invalid-schema', file, line: 1, message: error.message, hint: error.hint };
  }
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    code: 'load-error',
    file,
    line: lineIn(root, file, stack),
    message,
    hint: 'such a file must only define values',
  };
}

/** The innermost line of the file in a stack; 0 when it is not there. */
function lineIn(root: string, file: string, stack: string): number {
  for (const [, path = '', line, column] of stack.matchAll(/(?:file:\/\/)?(\/[^\s()]+?):(\d+):(\d+)/g)) {
    const place = authorPosition(decodeURI(path), Number(line), Number(column));
    if (place?.file === file) return place.line;
    if (path === `${root}/${file}`) return Number(line);
  }
  return 0;
}

await main(process.argv.slice(2));
