/**
 * The input of a handler: checked against the author's schemas, with their defaults and transforms.
 *
 * Invariants
 * 1. Problems of every part are reported together.
 * 2. A schema that answers at once costs no promise.
 */

import type { Checked, Problem, ReadSchema } from '../schemas/reader.js';
import { coerceFields, fieldNames } from './coercion.js';
import { InputInvalid } from './errors.js';
import type { Declaration, RequestPart } from './registry.js';
import type { HttpRequest } from './request.js';

/** The payload as the handler gets it. Throws or rejects with `InputInvalid`. */
export function bindPayload(schema: ReadSchema, payload: unknown): unknown {
  const checked = schema.check(payload, 'payload');
  return isPromise(checked) ? checked.then(accepted) : accepted(checked);
}

/** The request as the handler gets it. Throws or rejects with `InputInvalid`. */
export function bindRequest(declaration: Declaration, request: HttpRequest): HttpRequest | Promise<HttpRequest> {
  const names = Object.keys(declaration.parts) as RequestPart[];
  if (names.length === 0) return request;
  const checks = names.map((name) => checkPart(name, declaration.parts[name] as ReadSchema, request));
  if (checks.some(isPromise)) return Promise.all(checks).then((done) => assemble(names, done, request));
  return assemble(names, checks as Checked[], request);
}

function assemble(names: readonly RequestPart[], checks: readonly Checked[], request: HttpRequest): HttpRequest {
  const problems: Problem[] = [];
  const parts: { [Part in RequestPart]?: unknown } = {};
  checks.forEach((checked, index) => {
    const name = names[index] as RequestPart;
    if (!checked.ok) problems.push(...checked.problems);
    else if (name === 'headers') parts.headers = { ...request.headers, ...(checked.value as object) };
    else if (name === 'body' && request.media === 'multipart')
      parts.body = { ...request.files, ...(checked.value as object) };
    else parts[name] = checked.value;
  });
  if (problems.length > 0) throw new InputInvalid(problems);
  return request.withParts(parts);
}

function checkPart(name: RequestPart, schema: ReadSchema, request: HttpRequest): Checked | Promise<Checked> {
  switch (name) {
    case 'params':
    case 'query':
      return schema.check(request[name], name);
    case 'headers':
      return schema.check(declaredHeaders(schema, request), 'headers');
    case 'body':
      return checkBody(schema, request);
  }
}

function checkBody(schema: ReadSchema, request: HttpRequest): Checked | Promise<Checked> {
  if (request.media === 'form' || request.media === 'multipart') {
    const fields = coerceFields(request.form, schema.json);
    for (const name of fieldNames(schema.json)) {
      if (Object.hasOwn(request.files, name)) fields[name] = request.files[name];
    }
    return schema.check(fields, 'body');
  }
  if (request.raw.length > 0) return schema.check(request.body, 'body');
  const checked = schema.check({}, 'body');
  return isPromise(checked) ? checked.then((done) => missingBody(schema, done)) : missingBody(schema, checked);
}

/** A body that is not there counts as an object without fields, if the schema is of objects. */
function missingBody(schema: ReadSchema, checked: Checked): Checked {
  if (checked.ok || (typeof schema.json === 'object' && schema.json.type === 'object')) return checked;
  return { ok: false, problems: [{ path: '', message: 'a body is required', where: 'body', keyword: 'required' }] };
}

/** The headers that the schema names; others are nobody's business. */
function declaredHeaders(schema: ReadSchema, request: HttpRequest): Record<string, unknown> {
  const names = fieldNames(schema.json);
  if (names.length === 0) return { ...request.headers };
  const texts: Record<string, string> = {};
  for (const name of names) {
    const value = request.headers[name.toLowerCase()];
    if (value !== undefined) texts[name] = value;
  }
  return coerceFields(texts, schema.json);
}

function accepted(checked: Checked): unknown {
  if (!checked.ok) throw new InputInvalid(checked.problems);
  return checked.value;
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return value instanceof Promise;
}
