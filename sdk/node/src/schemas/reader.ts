/** A schema as the author wrote it, as JSON Schema and a check. */

import type { JsonSchema } from '../types.js';
import { toJSONSchema } from './stub.js';

export interface Problem {
  path: string;
  message: string;
  where: string;
  keyword: string;
}
export type Checked = { ok: true; value: unknown } | { ok: false; problems: Problem[] };
export interface ReadSchema {
  readonly json: JsonSchema | boolean;
  check(value: unknown, where: string): Checked | Promise<Checked>;
}
export class SchemaUnreadable extends Error {
  readonly part: string;
  readonly hint: string;
  constructor(message: string, part: string, hint: string) {
    super(message);
    this.part = part;
    this.hint = hint;
  }
}

/** Read a schema. Throws `SchemaUnreadable`. */
export function readSchema(source: unknown, what: string): ReadSchema {
  if (typeof source !== 'object' || source === null) {
    throw new SchemaUnreadable(`${what} is no schema`, '', 'write a zod schema or a JSON Schema');
  }
  return toJSONSchema(source as Record<string, unknown>);
}
