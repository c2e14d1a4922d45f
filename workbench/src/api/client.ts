/** The control API: typed requests, one error shape. */
import { parseJson, printJson } from '../lib/exact';
import { BASE, segment } from '../lib/location';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type RunView = Schemas['RunView'];
export type RunDetail = Schemas['RunDetail'];

/** What the engine, or the way to it, answered instead of a value. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint: string,
    readonly details: unknown,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

type Method = 'get' | 'post' | 'put' | 'delete';
type PathOf<M extends Method> = { [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never }[keyof paths] &
  string;
type Operation<M extends Method, P extends PathOf<M>> = paths[P] extends { [K in M]: infer O } ? O : never;
/** What is undefined is left out; the engine says what must not be. */
type Given<T> = { readonly [K in keyof T]?: Unchanged<T[K]> | undefined };
type Unchanged<V> = V extends readonly (infer Item)[] ? readonly Item[] : V;
type QueryIn<O> = O extends { parameters: { query?: infer Q } } ? Given<Q> : never;
type BodyIn<O> = O extends { requestBody?: { content: { 'application/json': infer B } } } ? Given<B> : never;
type AnswerOf<O> = O extends { responses: { 200: { content: { 'application/json': infer A } } } } ? A : unknown;
type Params = Record<string, string>;

/** The query of `GET path`. */
export type QueryOf<P extends PathOf<'get'>> = QueryIn<Operation<'get', P>>;
/** What `GET path` answers. */
export type Answer<P extends PathOf<'get'>> = AnswerOf<Operation<'get', P>>;

export async function get<P extends PathOf<'get'>>(
  path: P,
  options: { params?: Params; query?: QueryOf<P>; signal?: AbortSignal } = {},
): Promise<Answer<P>> {
  return (await request(
    path,
    'GET',
    address(path, options.params, options.query as Query),
    undefined,
    options.signal,
  )) as Answer<P>;
}

export async function send<M extends 'post' | 'put' | 'delete', P extends PathOf<M>>(
  method: M,
  path: P,
  options: { params?: Params; body?: BodyIn<Operation<M, P>> } = {},
): Promise<AnswerOf<Operation<M, P>>> {
  const body = method === 'delete' ? undefined : (options.body ?? {});
  return (await request(path, method.toUpperCase(), address(path, options.params), body)) as AnswerOf<Operation<M, P>>;
}

type Query = Record<string, unknown> | undefined;

/** The full address of an operation; undefined and empty parameters are left out. */
export function address(path: string, params: Params = {}, query?: Query): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => segment(params[name] ?? ''));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return `${BASE}${filled}${text === '' ? '' : `?${text}`}`;
}

async function request(
  path: string,
  method: string,
  url: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      ...(signal === undefined ? {} : { signal }),
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: printJson(body) }),
      credentials: 'same-origin',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(
      0,
      'unreachable',
      'The engine does not answer.',
      'Is it running? It reconnects by itself.',
      null,
    );
  }
  const text = await response.text();
  if (!response.ok) throw refusalOf(response.status, text);
  return valueIn(path, response.status, text);
}

/** Whether the answer holds what authors wrote, whose integers may be long; in all others none is. */
function holdsValues(path: string): boolean {
  return /^\/v1\/(runs\/\{run\}|state\/|traces\/\{trace\}|logs$)/.test(path);
}

/** The error that an answer of status 400 and above tells. */
export function refusalOf(status: number, text: string): ApiError {
  let error: Partial<ApiError> = {};
  try {
    error = (JSON.parse(text) as { error?: Partial<ApiError> } | null)?.error ?? {};
  } catch {
    // something on the way answered, not the engine
  }
  return new ApiError(
    status,
    error.code ?? 'refused',
    error.message ?? `The engine answered ${status}.`,
    error.hint ?? '',
    error.details ?? null,
  );
}

function valueIn(path: string, status: number, text: string): unknown {
  if (text === '') return null;
  try {
    return holdsValues(path) ? parseJson(text) : (JSON.parse(text) as unknown);
  } catch {
    const hint = 'A proxy before the engine may have answered in its place.';
    throw new ApiError(status, 'unreadable', `The answer, of status ${status}, is no JSON.`, hint, null);
  }
}
