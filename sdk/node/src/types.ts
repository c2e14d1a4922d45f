/**
 * The public types of `@motia/core`: what an author writes against, in JavaScript and TypeScript.
 *
 * Durations are seconds, or text such as '500ms', '30s', '5m', '1h'. Ids, topics and payload keys
 * are never rewritten. Values that cross to another step are JSON.
 */

import type { OutputOf, Schema } from './inference.js';

export type * from './inference.js';

/** Any value that JSON can say. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Seconds as a number, or text with a unit: ms, s, m, h, d. */
export type Duration = number | string;

/**
 * Steps and topics of the project by id, filled in by the generated `motia-env.d.ts`:
 * `interface Steps { 'send-sms': { input: { phone: string }; output: unknown } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the generated file adds its members
export interface Steps {}

/** Known ids first, for completion; any other text is a step that is still to be written. */
export type StepId = (keyof Steps & string) | (string & {});

/** What the step `Id` takes; anything for one that is not known. */
export type PayloadOf<Id extends string> = Id extends keyof Steps
  ? Steps[Id] extends { input: infer Input }
    ? Input
    : unknown
  : unknown;

/** What the step `Id` returns; anything for one that is not known. */
export type ResultOf<Id extends string> = Id extends keyof Steps
  ? Steps[Id] extends { output: infer Output }
    ? Output
    : unknown
  : unknown;

// declarations

/** Options of every step. */
export interface CommonOptions {
  /** Name of the step, 1 to 255 bytes; what triggers name. */
  id: string;
  /** Shown in the API reference, lists and the Workbench. */
  description?: string;
  /** Groups that the step belongs to. */
  flows?: readonly string[];
  /** Ids that it may trigger; only declares, for the flow graph. */
  triggers?: readonly string[];
  /** Id of the step that gets its final failures; `handle-step-error` when the project has it. */
  onError?: string;
  /** Most time for one attempt: api 30 s, event 5 min, cron 15 min unless said. */
  timeout?: Duration;
}

/** How a failed run is tried again. */
export interface RetryOptions {
  /** Attempts after the first: 3 unless said. */
  retries?: number;
  /** Seconds before the first retry, or all of it; 1 s, factor 2, cap 60 s, with jitter unless said. */
  backoff?: Duration | { initial?: Duration; factor?: number; cap?: Duration; jitter?: boolean };
  /** Most attempts of this step at once over all workers; per value of the payload field `key`. */
  concurrency?: number | { limit: number; key?: string };
}

/** Schemas of the parts of a request, and of the answer. */
export interface ApiSchemas {
  body?: Schema;
  query?: Schema;
  params?: Schema;
  headers?: Schema;
  response?: Schema;
}

/** Options of `api`. */
export interface ApiOptions<S extends ApiSchemas = ApiSchemas, Path extends string = string> extends CommonOptions {
  /** GET unless said. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  /** Path with parameters: `/users/:id`. */
  path: Path;
  schema?: S;
  /** Run in order around the handler. */
  middleware?: readonly Middleware[];
}

/** Options of `event`. */
export interface EventOptions<S extends Schema | undefined = Schema | undefined> extends CommonOptions, RetryOptions {
  /** Of the payload; payloads that do not fit are refused in the caller. */
  schema?: S;
  /** Names that it subscribes to besides its id. */
  topics?: readonly string[];
  /** Payload field whose value orders: runs of one value go one after another. */
  key?: string;
  /** Whether a dead run lets those behind it in its key go on: `skip` unless said. */
  onDead?: 'skip' | 'block';
  /** Most open runs; beyond, triggers are refused. 100,000 unless said. */
  queueDepth?: number;
}

/** Options of `cron`. */
export interface CronOptions extends CommonOptions, RetryOptions {
  /** Five or six fields (seconds first), names, `@daily` and its family. */
  schedule: string;
  /** IANA name; UTC unless said. */
  timezone?: string;
  /** What happens to instants missed while no engine ran: `latest` unless said. */
  catchUp?: 'latest' | 'none' | 'all';
  /** What happens when the previous run is not finished: `skip` unless said. */
  overlap?: 'skip' | 'queue' | 'allow';
}

/** Options of `noop`. */
export interface NoopOptions extends CommonOptions {
  triggeredBy?: readonly string[];
  topics?: readonly string[];
  schema?: Schema;
}

/** One step of a workflow. */
export interface MemberOptions {
  /** Steps of the workflow that have completed before it runs; directly after the start step unless said. */
  after?: string | readonly string[];
  /** Merged last into its payload when the engine triggers it. */
  with?: Readonly<Record<string, unknown>>;
}

/** Options of `workflow`. */
export interface WorkflowOptions {
  id: string;
  description?: string;
  /** The step whose run opens an instance. */
  start: string;
  /** The steps that follow it, by id. */
  steps: Readonly<Record<string, MemberOptions>>;
  /** A step that is triggered once when a step of the workflow is dead, or its time is over. */
  onFailure?: string;
  /** Most time from opening to the end; no bound unless said. */
  timeout?: Duration;
}

// what handlers get

/** `{ id: string }` for '/users/:id'; any names for a path that is not a literal. */
export type ParamsOf<Path extends string> = string extends Path
  ? Record<string, string>
  : { readonly [Name in ParamNames<Path>]: string };

type ParamNames<Path extends string> = Path extends `${infer Head}/${infer Tail}`
  ? ParamNames<Head> | ParamNames<Tail>
  : Path extends `:${infer Name}`
    ? Name
    : never;

type PartOf<S, Part extends string, Otherwise> = S extends { [Key in Part]: infer Of }
  ? Of extends Schema
    ? OutputOf<Of>
    : Otherwise
  : Otherwise;

/** A file of a multipart body. */
export interface UploadedFile {
  /** The form field's name. */
  readonly name: string;
  /** As the client named it: never use it as a path. */
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  read(): Buffer;
  text(): string;
  /** Write the content to `path`, replacing what is there. */
  save(path: string): Promise<void>;
}

/** Headers by name in lower case; repeated ones are joined by `, `. */
export interface RequestHeaders {
  readonly [name: string]: string;
}

/** One HTTP request. Its parts are decoded when they are first asked for. */
export interface Request<Body = any, Params = any, Query = any> {
  readonly method: string;
  /** Path and query as received. */
  readonly url: string;
  readonly path: string;
  readonly params: Params;
  /** Converted by their schema; without one text, or arrays of text when repeated. */
  readonly query: Query;
  readonly headers: RequestHeaders;
  /** Every value of a repeated header, in order of arrival. */
  headerValues(name: string): string[];
  readonly cookies: Record<string, string>;
  /** What it is: JSON value, form fields with files, text, bytes, or null. */
  readonly body: Body;
  /** What the body is. */
  readonly media: 'none' | 'json' | 'form' | 'multipart' | 'text' | 'bytes';
  /** Fields of a form or multipart body, without its files. */
  readonly form: Record<string, string | string[]>;
  /** Files of a multipart body by field; several in one field are an array. */
  readonly files: Record<string, UploadedFile | UploadedFile[]>;
  /** The body as UTF-8 text; what is not UTF-8 is replaced. */
  readonly text: string;
  /** The body as received, for signatures. */
  readonly raw: Buffer;
  /** Address of the client. */
  readonly client: string;
  /** The body as JSON, whatever its content type says. */
  json(): any;
}

/** The request of an api step, its parts typed by the step's schema and path. */
export type ApiRequest<S, Path extends string> = Request<
  PartOf<S, 'body', any>,
  PartOf<S, 'params', ParamsOf<Path>>,
  PartOf<S, 'query', Record<string, string | string[]>>
> & { readonly request: Request };

/** What made a step run. Called, it triggers: `ctx.trigger('other', {…})`. */
export interface TriggerInfo extends Trigger {
  readonly kind: 'api' | 'event' | 'cron' | 'manual' | 'replay' | 'error';
  /** What is known beyond the kind, such as `target`, `parentRun`, `scheduledAt`. */
  readonly details: { readonly [name: string]: any };
}

/** What a handler knows about its run. */
export interface Context {
  /** 16 hexadecimal digits; empty for a request. */
  readonly runId: string;
  readonly traceId: string;
  readonly stepId: string;
  /** Which try of the run this is, from 1. */
  readonly attempt: number;
  /** The payload's `__retry`, 0 without. */
  readonly retryCount: number;
  /** Equal for all attempts of a run and different for any two runs: for effects outside. */
  readonly idempotencyKey: string;
  readonly trigger: TriggerInfo;
  readonly logger: Logger;
  readonly state: State;
  readonly motia: Motia;
  /** Aborted on timeout, cancel, shutdown and disconnect; `signal.reason` says which. */
  readonly signal: AbortSignal;
  /** Time a part of the handler; shown in the run's trace. */
  span<T>(name: string, work: () => T, fields?: object): T;
}

/** `(request, ctx, next)`: answers itself, or awaits `next()` and returns what it gave, changed or not. */
export type Middleware = (request: Request, ctx: Context, next: () => Promise<Response>) => unknown;

/** What an api handler may return; see `response` for status and headers. Nothing is 204. */
export type ApiResult = unknown;

export type ApiHandler<S, Path extends string> = (request: ApiRequest<S, Path>, ctx: Context) => ApiResult;
// In a tuple, because without strict undefined is part of every type.
export type EventHandler<S> = (payload: [S] extends [undefined] ? any : OutputOf<S>, ctx: Context) => unknown;
export type CronHandler = (ctx: Context) => unknown;

/** What `api`, `event`, `cron` and `noop` return: export it, by default or by name. */
export interface Step {
  readonly kind: 'api' | 'event' | 'cron' | 'noop';
  readonly id: string;
  /** The handler itself, for unit tests; absent for `noop`. */
  readonly handler?: (...args: any[]) => unknown;
}

// what makes steps

/** Make a function the handler of an HTTP request. Export what it returns. */
export type ApiFunction = <const S extends ApiSchemas = Record<never, never>, const Path extends string = string>(
  options: ApiOptions<S, Path>,
  handler: ApiHandler<S, Path>,
) => Step;

/** Make a function the handler of an event: of its id, and of the topics it subscribes to. Export what it returns. */
export type EventFunction = <const S extends Schema | undefined = undefined>(
  options: EventOptions<S>,
  handler: EventHandler<S>,
) => Step;

/** Make a function the handler of a schedule. Export what it returns. */
export type CronFunction = (options: CronOptions, handler: CronHandler) => Step;

/** Declare a step that happens outside: a person, another system. Export what it returns. */
export type NoopFunction = (options: NoopOptions) => Step;

/** Register a function that runs once per worker process, before its first step or after its last. */
export type HookFunction = (run: () => unknown) => void;

// what handlers do

/** Where an event goes and when. */
export interface TriggerOptions {
  /** Run it after so long. */
  delay?: Duration;
  /** Run it at this instant: a Date, or ms since the epoch. */
  at?: Date | number;
  /** Ordering key: events of one key are handled one after another. */
  key?: string;
  /** A second event of this name within 24 h is the first. */
  idempotencyKey?: string;
  /** Lower goes first; 0 unless said. */
  priority?: number;
  /** False: a retry of this handler sends it again. */
  unique?: boolean;
  /** Wait so long for the run to finish; true: 60 s. Adds `state`, `result` or `error`. */
  wait?: Duration | boolean;
}

/** What `trigger` returns when the event is durable. */
export interface Receipt {
  runId: string;
  traceId: string;
  /** True when the event was there already, so that nothing new was accepted. */
  deduplicated?: boolean;
  /** With `wait`: where the run is. */
  state?: string;
  result?: unknown;
  error?: { name: string; message: string; stack?: string };
}

/**
 * Send an event to a step, or to the subscribers of a topic.
 *
 * Resolves when it is durable; it is sent whether or not anybody awaits. Rejects with `PayloadInvalid`
 * (nothing was queued), `PayloadTooLarge`, `ValueNotJson`, or a `WorldError` when it cannot be accepted now.
 */
export type Trigger = <Id extends StepId>(
  target: Id,
  payload?: PayloadOf<Id>,
  options?: TriggerOptions,
) => Promise<Receipt>;

/** Run a step and resolve to its result; rejects with `CallFailed` when it failed for good. */
export type Call = <Id extends StepId>(
  target: Id,
  payload?: PayloadOf<Id>,
  options?: Pick<TriggerOptions, 'key' | 'idempotencyKey' | 'priority' | 'unique'> & {
    /** Most time to wait; the run goes on after it. */
    timeout?: Duration;
  },
) => Promise<ResultOf<Id>>;

/** Log lines of the run. `fields` must be JSON; an Error under any key is written with its stack. */
export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** One change of `state.update`; `path` is dotted. */
export interface StateOp {
  op: 'set' | 'delete' | 'increment' | 'append';
  path?: string;
  value?: unknown;
}

/** Groups of keys with JSON values that all steps share. Durable when it resolves. */
export interface State {
  /** The value of `key`, null when it is missing. */
  get<T = any>(group: string, key: string): Promise<T | null>;
  /** Store any JSON value and resolve to it. */
  set<T>(group: string, key: string, value: T): Promise<T>;
  /** Remove `key`; true when it was there. */
  delete(group: string, key: string): Promise<boolean>;
  /** Keys and values of `group`: those behind `after` in order of the keys, at most `limit`. */
  list<T = any>(group: string, options?: { after?: string; limit?: number }): Promise<Record<string, T>>;
  /** Remove all keys of `group`; how many there were. */
  clear(group: string): Promise<number>;
  /** Add `by` (1 unless said) to the number at `key`, 0 when missing, atomically. */
  increment(group: string, key: string, by?: number): Promise<number>;
  /** Change the value at `key` atomically: a function (called again when somebody else was faster), or operations. */
  update<T = any>(group: string, key: string, change: ((old: T | null) => T) | readonly StateOp[]): Promise<T>;
  /** Store `value` if the key still has `version` (0: it is missing). */
  compareAndSet<T>(
    group: string,
    key: string,
    value: T,
    options: { version: number; delete?: boolean },
  ): Promise<{ done: boolean; value: T | null; version: number }>;
  /** Value and version of `key`, for `compareAndSet`; null and 0 when it is missing. */
  getVersioned<T = any>(group: string, key: string): Promise<{ value: T | null; version: number }>;
}

/** The engine as seen from a handler; also the global `motia`. */
export interface Motia {
  readonly trigger: Trigger;
  readonly call: Call;
  readonly state: State;
  readonly logger: Logger;
}

/** Headers by name; an array repeats the header (`set-cookie`). */
export type HeaderValues =
  | Readonly<Record<string, string | number | readonly string[] | undefined>>
  | Iterable<readonly [string, string]>;

/** What `response` is told beside the body. */
export interface ResponseOptions {
  /** 200 unless said; 200 to 599. */
  status?: number;
  /** Without `content-type` it follows from the body. */
  headers?: HeaderValues;
}

/** An answer with status and headers. `body`: JSON, text, bytes, a stream or an (async) iterable; nothing: none. */
export type ResponseFunction = (body?: unknown, options?: ResponseOptions) => Response;

/** What `response` makes. */
export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** JSON value, text, bytes, a stream or an (async) iterable of pieces. */
  readonly body: unknown;
  /** The same with one header more. */
  withHeader(name: string, value: string): Response;
}

declare global {
  /** The engine, in step files without an import. */
  const motia: Motia;
}
