/** A request as it is written: from an endpoint's schemas to what is sent, and to a line for a shell. */

import type { RequestAnswer } from '../../api/answer';
import type { StepView } from '../../api/catalog';
import type { RequestToSend } from '../../api/requests';
import { parseJson } from '../../lib/exact';
import { exampleOf } from '../../lib/example';
import { formFields } from '../../lib/schema';

export type Pairs = readonly (readonly [name: string, value: string])[];

export interface Draft {
  params: Readonly<Record<string, string>>;
  query: Pairs;
  headers: Pairs;
  /** Text; undefined when none is sent. */
  body: string | undefined;
}

export interface Problem {
  path: string;
  where: string;
  message: string;
}

const BODILESS = ['GET', 'HEAD', 'OPTIONS'];

/** Names in `/orders/:id/*rest`, in order. */
export function pathParams(path: string): string[] {
  return [...path.matchAll(/[:*]([A-Za-z_]\w*)/g)].map((match) => match[1] as string);
}

/** A draft that fits the endpoint's schemas as well as can be told. */
export function draftOf(step: StepView): Draft {
  const request = step.request ?? {};
  const params = exampleOf(request.params, { withOptional: true }) as Record<string, unknown>;
  const query = exampleOf(request.query) as Record<string, unknown>;
  const headers = exampleOf(request.headers) as Record<string, unknown>;
  const takesBody = !BODILESS.includes(step.method ?? 'GET') && (request.body != null || step.method !== 'DELETE');
  return {
    params: Object.fromEntries(pathParams(step.path ?? '').map((name) => [name, textOf(params[name])])),
    query: Object.entries(query).map(([name, value]) => [name, textOf(value)] as const),
    headers: [
      ...(takesBody ? [['content-type', 'application/json'] as const] : []),
      ...Object.entries(headers).map(([name, value]) => [name, textOf(value)] as const),
    ],
    body: takesBody ? JSON.stringify(exampleOf(request.body), null, 2) : undefined,
  };
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Names that the schema of a part knows, for suggestions beside free ones. */
export function knownNames(schema: unknown): string[] {
  return (formFields(schema) ?? []).map((field) => field.name);
}

/** Names of the path that have no value yet: without one it would be another path, which nobody answers. */
export function emptyParams(step: Pick<StepView, 'path'>, draft: Draft): string[] {
  const named = [...(step.path ?? '').matchAll(/:([A-Za-z_]\w*)/g)].map((match) => match[1] as string);
  return named.filter((name) => (draft.params[name] ?? '') === '');
}

/** What is sent. A name of the path that has no value stands for itself, as a place to put one. */
export function requestOf(step: Pick<StepView, 'method' | 'path'>, draft: Draft): RequestToSend {
  const path = (step.path ?? '/').replace(/([:*])([A-Za-z_]\w*)/g, (_, sign: string, name: string) => {
    const value = draft.params[name] ?? '';
    if (sign === ':' && value === '') return `:${name}`;
    return sign === '*' ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value);
  });
  const search = new URLSearchParams(draft.query.filter(([name]) => name !== '').map(([name, value]) => [name, value]));
  const text = search.toString();
  return {
    method: step.method ?? 'GET',
    path: text === '' ? path : `${path}?${text}`,
    headers: draft.headers.filter(([name]) => name !== '').map(([name, value]) => [name, value]),
    body: draft.body ?? null,
  };
}

/** The same request for a shell. */
export function curlOf(request: RequestToSend, api: string): string {
  const parts = [`curl -i -X ${request.method} ${quoted(api.replace(/\/$/, '') + request.path)}`];
  for (const [name, value] of request.headers ?? []) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (request.body != null) parts.push(`--data-raw ${quoted(request.body)}`);
  return parts.join(' \\\n  ');
}

/** For a POSIX shell: nothing inside has a meaning. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What the engine found wrong with the request, by place. */
export function problemsOf(answer: Pick<RequestAnswer, 'status' | 'body'>): Problem[] {
  if (answer.status < 400 || answer.status >= 500) return [];
  try {
    const details = (JSON.parse(answer.body) as { error?: { details?: unknown } }).error?.details;
    if (!Array.isArray(details)) return [];
    return details.flatMap((one: Partial<Problem> | null) =>
      typeof one?.path === 'string' && typeof one.message === 'string'
        ? [{ path: one.path, where: one.where ?? 'body', message: one.message }]
        : [],
    );
  } catch {
    return [];
  }
}

/** The problem of a field of params, query or headers, or of a top field of the body. */
export function problemAt(problems: readonly Problem[], where: string, name: string): string | undefined {
  const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const fits = (path: string) => path.toLowerCase() === pointer.toLowerCase();
  return problems.find((problem) => problem.where === where && fits(problem.path))?.message;
}

export type Shown =
  | { as: 'json'; value: unknown }
  | { as: 'events'; events: readonly string[] }
  | { as: 'text'; text: string }
  | { as: 'binary'; base64: string }
  | { as: 'nothing' };

/** How the body of an answer is shown: by its type, as text when it is not what it says. */
export function shownBody(answer: RequestAnswer): Shown {
  if (answer.is_binary) return { as: 'binary', base64: answer.body };
  if (answer.body === '') return { as: 'nothing' };
  const type = answer.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1].toLowerCase() ?? '';
  if (/^text\/event-stream/.test(type))
    return { as: 'events', events: answer.body.split(/\r?\n\r?\n/).filter((event) => event.trim() !== '') };
  if (/ndjson|jsonl|json-seq/.test(type))
    return { as: 'events', events: answer.body.split('\n').filter((line) => line.trim() !== '') };
  // Half of a JSON text is none: it is read once all of it is there.
  if (answer.ended !== null && /\bjson\b|\+json/.test(type)) {
    try {
      return { as: 'json', value: parseJson(answer.body) };
    } catch {
      // cut, or not what it says
    }
  }
  return { as: 'text', text: answer.body };
}
