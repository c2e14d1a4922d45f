/**
 * What step makers declare: a declaration hangs on each step, a collector gathers them while a project loads.
 *
 * A module's steps are its exports, default and named. Outside a worker (a unit test that imports a
 * step file) nothing collects: a wrong declaration throws `StepFault` at once.
 */

import type { Fault, LoadedModule } from '../loading/loader.js';
import type { ReadSchema } from '../schemas/reader.js';
import type { Middleware, Step } from '../types.js';
import { shown } from './encoding.js';
import { StepFault } from './errors.js';
import type { Backoff, Concurrency } from './options.js';

/** Where something is written: `file` relative to the project, `line` from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
}

/** A step as the manifest says it; see section 6 of worker.md. */
export interface StepSpec {
  id: string;
  kind: Step['kind'];
  language: 'node';
  source: { file: string; line: number; function: string };
  description?: string;
  flows?: string[];
  triggers?: string[];
  triggered_by?: string[];
  on_error?: string;
  timeout_ms?: number;
  method?: string;
  path?: string;
  request?: { [Part in RequestPart | 'response']?: unknown };
  schema?: unknown;
  topics?: string[];
  concurrency?: Concurrency;
  retries?: number;
  backoff?: Backoff;
  key?: string;
  on_dead?: string;
  queue_depth?: number;
  schedule?: string;
  timezone?: string;
  catch_up?: string;
  overlap?: string;
}

export type RequestPart = 'body' | 'query' | 'params' | 'headers';

/** One step: what the manifest says of it, and how its handler is called. */
export interface Declaration {
  readonly step: Step;
  readonly spec: StepSpec;
  readonly handler: ((...args: any[]) => unknown) | undefined;
  readonly middleware: readonly Middleware[];
  /** Of an event's payload. */
  readonly schema: ReadSchema | undefined;
  /** Of the parts of a request. */
  readonly parts: { readonly [Part in RequestPart]?: ReadSchema };
  readonly position: Position;
  /** Whether its options are right, so that it may be run. */
  readonly isRight: boolean;
}

/** A function that runs once per worker: `start` before its first step, `stop` after its last. */
export interface Hook {
  readonly when: 'start' | 'stop';
  readonly run: () => unknown;
  readonly position: Position;
}

/** Gathers what the files of a project declare. */
export class Collector {
  readonly declarations: Declaration[] = [];
  readonly hooks: Hook[] = [];
  readonly faults: Fault[] = [];
}

const declared = new WeakMap<object, Declaration>();
let active: Collector | undefined;

/** Let step makers tell `collector` from now on; undefined: nobody. */
export function activate(collector: Collector | undefined): void {
  active = collector;
}

/** Whether a worker is loading step files. */
export function isCollecting(): boolean {
  return active !== undefined;
}

/** The declaration of a step; undefined for any other value. */
export function declarationOf(value: unknown): Declaration | undefined {
  return typeof value === 'object' && value !== null ? declared.get(value) : undefined;
}

/** Hang a declaration on its step. */
export function declare(declaration: Declaration): void {
  declared.set(declaration.step, declaration);
  active?.declarations.push(declaration);
}

/** Register a hook. */
export function addHook(hook: Hook): void {
  active?.hooks.push(hook);
}

/** Report what is wrong with a declaration. Throws `StepFault` when nothing collects. */
export function addFaults(faults: readonly Fault[]): void {
  if (active !== undefined) active.faults.push(...faults);
  else if (faults.some((fault) => fault.severity !== 'warning')) throw new StepFault(faults);
}

/** The steps that `modules` export, and what is wrong with how they do it. */
export function exportedSteps(
  modules: readonly LoadedModule[],
  collector: Collector,
  importsMakers: (file: string) => boolean,
): { steps: Declaration[]; faults: Fault[] } {
  const faults: Fault[] = [];
  const owners = new Map<Declaration, { file: string; name: string }>();
  for (const { file, namespace } of modules) {
    const found = new Map<Declaration, string>();
    for (const [name, value] of exportsOf(namespace)) {
      const declaration = declarationOf(value);
      if (declaration === undefined) {
        const fault = exportFault(file, name, value);
        if (fault !== undefined) faults.push(fault);
        continue;
      }
      const first = found.get(declaration);
      const owner = owners.get(declaration);
      if (first !== undefined) faults.push(twice(declaration, `twice from ${file}: as ${first} and as ${name}`, file));
      else if (owner !== undefined) {
        faults.push(
          twice(declaration, `from two files: from ${owner.file} as ${owner.name} and from ${file} as ${name}`, file),
        );
      } else owners.set(declaration, { file, name });
      found.set(declaration, name);
    }
    const own = collector.declarations.some((one) => one.position.file === file);
    const hasDefault = 'default' in namespace && !isCommonJs(file, namespace);
    if (found.size === 0 && !own && hasDefault && !faults.some((fault) => fault.file === file)) {
      if (importsMakers(file)) faults.push(noStep(file, namespace.default));
    }
  }
  const files = new Set(modules.map((module) => module.file));
  for (const declaration of collector.declarations) {
    if (declaration.isRight && !owners.has(declaration) && files.has(declaration.position.file)) {
      faults.push(notExported(declaration));
    }
  }
  return { steps: [...owners.keys()].filter((one) => one.isRight), faults };
}

/** Exports by name; those of a CommonJS module are the members of its `module.exports` too. */
function exportsOf(namespace: Record<string, unknown>): [string, unknown][] {
  const found: [string, unknown][] = [];
  const inner = namespace.default;
  const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
  const members = isObject ? Object.entries(inner).filter(([, value]) => declarationOf(value) !== undefined) : [];
  for (const [name, value] of Object.entries(namespace)) {
    if (name === 'module.exports' || (name === 'default' && members.length > 0 && isPlain(inner))) continue;
    if (members.some(([member, same]) => member === name && same === value)) continue;
    found.push([name, value]);
  }
  return [...found, ...members];
}

/** Whether the default export is only what `module.exports` holds: a CommonJS file with named exports. */
function isCommonJs(file: string, namespace: Record<string, unknown>): boolean {
  const inner = namespace.default;
  if (!isPlain(inner)) return false;
  const isMarked = file.endsWith('.cjs') || file.endsWith('.cts') || 'module.exports' in namespace;
  return isMarked || Object.entries(inner).every(([name, value]) => namespace[name] === value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && declarationOf(value) === undefined;
}

function exportFault(file: string, name: string, value: unknown): Fault | undefined {
  if (!Array.isArray(value) || !value.some((one) => declarationOf(one) !== undefined)) return undefined;
  const first = value.map(declarationOf).find((one) => one !== undefined) as Declaration;
  return {
    code: 'array-export',
    file,
    line: first.position.file === file ? first.position.line : 0,
    message: `the export ${name} is an array of steps`,
    hint: 'export each step under a name of its own: export const one = api(…)',
  };
}

function twice(declaration: Declaration, how: string, file: string): Fault {
  const { position } = declaration;
  return {
    code: 'exported-twice',
    file,
    line: position.file === file ? position.line : 0,
    message: `${nameOf(declaration)} is exported ${how}`,
    hint: 'export it once',
    also: `${position.file}:${position.line}`,
  };
}

function notExported(declaration: Declaration): Fault {
  return {
    code: 'not-exported',
    file: declaration.position.file,
    line: declaration.position.line,
    message: `${nameOf(declaration)} is made and not exported, so it is not part of the project`,
    hint: `write export before it: export const … = ${declaration.spec.kind}(…), or export default`,
  };
}

function noStep(file: string, value: unknown): Fault {
  return {
    code: 'no-step',
    file,
    line: 1,
    message: `the default export is no step: ${shown(value)}`,
    hint: 'export what api(…), event(…), cron(…) or noop(…) returns',
  };
}

function nameOf(declaration: Declaration): string {
  return `${declaration.spec.kind} step '${declaration.spec.id}'`;
}
