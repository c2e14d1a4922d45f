/** Owns what every reader of schemas gives, and how it says that it cannot. */

/** JSON Schema as we write it, draft 2020-12. */
export interface JsonSchema {
  [keyword: string]: unknown;
}

/** One place of a value that does not fit. `path` is a JSON Pointer, `keyword` the one of JSON Schema. */
export interface Problem {
  path: string;
  message: string;
  /** body, query, params, headers or payload. */
  where: string;
  keyword: string;
}

export type Checked = { ok: true; value: unknown } | { ok: false; problems: Problem[] };

/** A schema of the author's, understood. */
export interface ReadSchema {
  /** What is taken in, as others see it: draft 2020-12, never refuses what `check` accepts. */
  readonly json: JsonSchema | boolean;
  /**
   * Run the author's own schema: the value with defaults and transforms, or every problem.
   *
   * A Promise only when the schema has asynchronous parts. Throws (or rejects) what the author's own
   * refinements and transforms throw.
   */
  check(value: unknown, where: string): Checked | Promise<Checked>;
}

/** A schema, or a part of one, that has no JSON form. */
export class SchemaUnreadable extends Error {
  /** The part: `schema.body.createdAt`. */
  readonly part: string;
  /** What to write instead. */
  readonly hint: string;

  constructor(part: string, reason: string, hint: string) {
    super(`${part} ${reason}`);
    this.name = 'SchemaUnreadable';
    this.part = part;
    this.hint = hint;
  }
}

/** Whether JSON can say `value` exactly. */
export function isJson(value: unknown, depth = 0): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth > 64) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  return isPlainObject(value) && Object.values(value).every((item) => isJson(item, depth + 1));
}

/** Whether `value` is an object as a literal makes it, of this realm or another. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
