/** The smallest reader of schemas: Standard Schema (zod 4) and JSON Schema objects with defaults. */

import type { JsonSchema } from '../types.js';
import type { Checked, Problem, ReadSchema } from './reader.js';

export function toJSONSchema(source: Record<string, unknown>): ReadSchema {
  const standard = source['~standard'] as { validate(value: unknown): any; jsonSchema?: any } | undefined;
  if (standard !== undefined) {
    const json = (source as { toJSONSchema?: () => JsonSchema }).toJSONSchema?.() ?? {};
    const read = (result: any, value: unknown, where: string): Checked =>
      result.issues === undefined
        ? { ok: true, value: result.value }
        : { ok: false, problems: result.issues.map((one: any) => problem(one, where)) };
    return {
      json,
      check: (value, where) => {
        const result = standard.validate(value);
        return result instanceof Promise ? result.then((done) => read(done, value, where)) : read(result, value, where);
      },
    };
  }
  return { json: source, check: (value, where) => checkJson(source, value, where) };
}

function problem(issue: any, where: string): Problem {
  const path = (issue.path ?? []).map((key: any) => `/${String(key?.key ?? key)}`).join('');
  return { path, message: issue.message, where, keyword: issue.code ?? '' };
}

function checkJson(schema: any, value: any, where: string): Checked {
  if (schema.type !== 'object') return { ok: true, value };
  const copy = { ...value };
  const problems: Problem[] = [];
  for (const [name, inner] of Object.entries<any>(schema.properties ?? {})) {
    if (copy[name] === undefined && 'default' in inner) copy[name] = inner.default;
  }
  for (const name of schema.required ?? []) {
    if (copy[name] === undefined)
      problems.push({ path: `/${name}`, message: 'is required', where, keyword: 'required' });
  }
  for (const [name, inner] of Object.entries<any>(schema.properties ?? {})) {
    const kind =
      copy[name] === null
        ? 'null'
        : Array.isArray(copy[name])
          ? 'array'
          : Number.isInteger(copy[name])
            ? 'integer'
            : typeof copy[name];
    if (
      copy[name] !== undefined &&
      typeof inner.type === 'string' &&
      inner.type !== kind &&
      !(inner.type === 'number' && kind === 'integer')
    ) {
      problems.push({ path: `/${name}`, message: `is not of type "${inner.type}"`, where, keyword: 'type' });
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: copy };
}
