/**
 * The step makers `api`, `event`, `cron`, `noop`, and the hooks `onStart`, `onStop`.
 *
 * What is wrong with a declaration is found here, all of it at once, and never when the step runs.
 */

import type { Fault } from '../loading/loader.js';
import { type ReadSchema, readSchema, SchemaUnreadable } from '../schemas/reader.js';
import type {
  ApiHandler,
  ApiOptions,
  ApiSchemas,
  CronHandler,
  CronOptions,
  EventHandler,
  EventOptions,
  Middleware,
  NoopOptions,
  Schema,
  Step,
} from '../types.js';
import { closest } from './closest.js';
import { shown } from './encoding.js';
import * as check from './options.js';
import { OptionWrong } from './options.js';
import { callerPosition } from './positions.js';
import {
  addFaults,
  addHook,
  type Declaration,
  declare,
  type Position,
  type RequestPart,
  type StepSpec,
} from './registry.js';

type Reader = (value: unknown) => unknown;
type Kind = Step['kind'];
type Handler = (...args: any[]) => unknown;

const COMMON: Readonly<Record<string, Reader>> = {
  id: (value) => check.stepId(value),
  description: (value) => check.text(value, 'description'),
  flows: (value) => check.ids(value, 'flows'),
  triggers: (value) => check.ids(value, 'triggers'),
  onError: (value) => check.stepId(value, 'onError'),
  timeout: (value) => check.milliseconds(value, 'timeout'),
};
const RETRY: Readonly<Record<string, Reader>> = {
  retries: (value) => check.wholeNumber(value, 'retries', 0),
  backoff: check.backoff,
  concurrency: check.concurrency,
};
const topics: Reader = (value) => check.ids(value, 'topics');
const asIs: Reader = (value) => value;

const OPTIONS: { readonly [K in Kind]: Readonly<Record<string, Reader>> } = {
  api: { ...COMMON, method: check.method, path: check.path, schema: asIs, middleware: check.middleware },
  event: {
    ...COMMON,
    ...RETRY,
    schema: asIs,
    topics,
    key: (value) => check.filledText(value, 'key'),
    onDead: (value) => check.oneOf(value, 'onDead', ['skip', 'block']),
    queueDepth: (value) => check.wholeNumber(value, 'queueDepth', 1),
  },
  cron: {
    ...COMMON,
    ...RETRY,
    schedule: (value) => check.filledText(value, 'schedule'),
    timezone: check.timezone,
    catchUp: (value) => check.oneOf(value, 'catchUp', ['latest', 'none', 'all']),
    overlap: (value) => check.oneOf(value, 'overlap', ['skip', 'queue', 'allow']),
  },
  noop: { ...COMMON, triggeredBy: (value) => check.ids(value, 'triggeredBy'), topics, schema: asIs },
};
const REQUIRED: { readonly [K in Kind]: readonly string[] } = {
  api: ['id', 'path'],
  event: ['id'],
  cron: ['id', 'schedule'],
  noop: ['id'],
};
const ON_THE_WIRE: Readonly<Record<string, string>> = {
  onError: 'on_error',
  timeout: 'timeout_ms',
  onDead: 'on_dead',
  queueDepth: 'queue_depth',
  catchUp: 'catch_up',
  triggeredBy: 'triggered_by',
};
const PARTS: readonly RequestPart[] = ['body', 'query', 'params', 'headers'];

/** Make a function the handler of an HTTP request. Export what it returns. */
export function api<const S extends ApiSchemas = Record<never, never>, const Path extends string = string>(
  options: ApiOptions<S, Path>,
  handler: ApiHandler<S, Path>,
): Step {
  return make('api', options, handler);
}

/** Make a function the handler of an event: of its id, and of the topics it subscribes to. Export what it returns. */
export function event<const S extends Schema | undefined = undefined>(
  options: EventOptions<S>,
  handler: EventHandler<S>,
): Step {
  return make('event', options, handler);
}

/** Make a function the handler of a schedule. Export what it returns. */
export function cron(options: CronOptions, handler: CronHandler): Step {
  return make('cron', options, handler);
}

/** Declare a step that happens outside: a person, another system. Export what it returns. */
export function noop(options: NoopOptions): Step {
  return make('noop', options, undefined);
}

/** Run a function once per worker process, before its first step; sync or async, no arguments. */
export function onStart(run: () => unknown): void {
  hook('start', run);
}

/** Run a function once per worker process, after its last step; sync or async, no arguments. */
export function onStop(run: () => unknown): void {
  hook('stop', run);
}

/** What is wrong with one declaration. */
class Faults {
  readonly found: Fault[] = [];
  readonly #position: Position;
  readonly #name: string;

  constructor(kind: Kind, id: unknown, position: Position) {
    this.#position = position;
    this.#name = typeof id === 'string' && id !== '' ? `${kind} step '${id}'` : `${kind} step`;
  }

  add(code: string, message: string, hint = ''): void {
    this.found.push({ code, ...this.#position, message: `${this.#name}: ${message}`, hint, severity: 'error' });
  }
}

function make(kind: Kind, options: unknown, handler: unknown): Step {
  const position = callerPosition();
  const given = typeof options === 'object' && options !== null ? (options as Record<string, unknown>) : {};
  const faults = new Faults(kind, given.id, position);
  if (given !== options)
    faults.add('invalid-option', `the options are ${shown(options)}`, `write ${kind}({ id: … }, …)`);
  const values = readOptions(kind, given, faults);
  checkHandler(kind, handler, faults);
  const schemas = readSchemas(kind, values.schema, faults);
  const { schema: _, middleware = [], ...rest } = values;
  const id = typeof given.id === 'string' ? given.id : '';
  const run = typeof handler === 'function' ? (handler as Handler) : undefined;
  const name = run?.name ?? '';
  // So that stacks and profiles name the step where its author gave no name.
  if (run !== undefined && name === '' && id !== '')
    Object.defineProperty(run, 'name', { value: id, configurable: true });
  // Not frozen: a CommonJS file hangs its other exports on the step that is its module.exports.
  const step: Step = run === undefined ? { kind, id } : { kind, id, handler: run };
  const spec: StepSpec = {
    ...(rest as { id: string }),
    kind,
    language: 'node',
    source: { ...position, function: name },
    ...schemas.spec,
  };
  if (kind === 'api') spec.method ??= 'GET';
  const declaration: Declaration = {
    step,
    spec,
    handler: run,
    middleware: middleware as Middleware[],
    schema: schemas.payload,
    parts: schemas.parts,
    position,
    isRight: faults.found.length === 0,
  };
  declare(declaration);
  if (faults.found.length > 0) addFaults(faults.found);
  return step;
}

function readOptions(kind: Kind, options: Record<string, unknown>, faults: Faults): Record<string, unknown> {
  const known = OPTIONS[kind];
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const read = Object.hasOwn(known, name) ? known[name] : undefined;
    if (read === undefined) {
      faults.add('unknown-option', `there is no option '${name}'`, closest(name, Object.keys(known)));
    } else if (value !== undefined && value !== null) {
      try {
        values[ON_THE_WIRE[name] ?? name] = read(value);
      } catch (error) {
        if (!(error instanceof OptionWrong)) throw error;
        faults.add('invalid-option', error.message, error.hint);
      }
    }
  }
  for (const name of REQUIRED[kind]) {
    if (options[name] === undefined || options[name] === null) {
      faults.add('missing-option', `the option '${name}' is missing`, `write ${kind}({ ${name}: … }, …)`);
    }
  }
  return values;
}

function checkHandler(kind: Kind, handler: unknown, faults: Faults): void {
  if (kind === 'noop') {
    if (handler !== undefined)
      faults.add('not-a-function', 'a noop step has no handler', 'use event(…) for work of your own');
    return;
  }
  if (typeof handler !== 'function') {
    const met = handler === undefined ? 'the handler is missing' : `the handler is ${shown(handler)}`;
    faults.add(
      'not-a-function',
      met,
      `write ${kind}({ … }, async (${kind === 'cron' ? 'ctx' : 'input, ctx'}) => { … })`,
    );
  } else if (kind !== 'api' && /GeneratorFunction$/.test(handler.constructor.name)) {
    faults.add(
      'generator-handler',
      'the handler is a generator: only api handlers stream',
      'return the result instead of yielding it',
    );
  } else if (/^class\b/.test(Function.prototype.toString.call(handler))) {
    faults.add('not-a-function', 'the handler is a class', 'write a function');
  }
}

interface ReadSchemas {
  spec: Pick<StepSpec, 'schema' | 'request'>;
  payload: ReadSchema | undefined;
  parts: { [Part in RequestPart]?: ReadSchema };
}

function readSchemas(kind: Kind, schema: unknown, faults: Faults): ReadSchemas {
  const read: ReadSchemas = { spec: {}, payload: undefined, parts: {} };
  if (schema === undefined || schema === null) return read;
  if (kind !== 'api') {
    read.payload = readOne(schema, 'schema', faults);
    if (read.payload !== undefined) read.spec.schema = read.payload.json;
    return read;
  }
  if (typeof schema !== 'object' || Array.isArray(schema)) {
    faults.add(
      'schema-unreadable',
      `schema is ${shown(schema)}`,
      'write schema: { body: …, query: …, params: …, headers: …, response: … }',
    );
    return read;
  }
  const request: Record<string, unknown> = {};
  for (const [part, source] of Object.entries(schema)) {
    if (source === undefined || source === null) continue;
    if (part !== 'response' && !(PARTS as readonly string[]).includes(part)) {
      faults.add(
        'schema-unreadable',
        `schema has the part '${part}', which a request does not have`,
        'the parts are body, query, params, headers and response',
      );
      continue;
    }
    const one = readOne(source, `schema.${part}`, faults);
    if (one === undefined) continue;
    request[part] = one.json;
    if (part !== 'response') read.parts[part as RequestPart] = one;
  }
  if (Object.keys(request).length > 0) read.spec.request = request;
  return read;
}

function readOne(source: unknown, what: string, faults: Faults): ReadSchema | undefined {
  try {
    return readSchema(source, what);
  } catch (error) {
    if (error instanceof SchemaUnreadable) faults.add('schema-unreadable', error.message, error.hint);
    else faults.add('schema-unreadable', `${what} cannot be read: ${shown(error)}`, 'look at the schema');
    return undefined;
  }
}

function hook(when: 'start' | 'stop', run: unknown): void {
  const position = callerPosition();
  const name = when === 'start' ? 'onStart' : 'onStop';
  if (typeof run !== 'function') {
    const message = `${name}: ${shown(run)} is no function`;
    addFaults([{ code: 'not-a-function', ...position, message, hint: `write ${name}(async () => { … })` }]);
    return;
  }
  if (run.length > 0) {
    const message = `${name}: the function takes ${run.length} argument${run.length === 1 ? '' : 's'}`;
    addFaults([{ code: 'signature-mismatch', ...position, message, hint: 'a hook takes no arguments' }]);
    return;
  }
  addHook({ when, run: run as () => unknown, position });
}
