/**
 * Owns the one description of what does not fit, whichever library found it.
 *
 * 1. The words are those of the engine for the same fault, so that nobody can tell who looked
 *    (`protocol/worker.md`, "Words for what does not fit").
 * 2. They say what was expected, never what was met: the value may be a secret, and words are stored.
 * 3. What the author said in words of their own is said in these words.
 */

import type { JsonSchema, Problem } from './contract.js';

const MESSAGE_CHARS_MAX = 300;
const ENUM_CHARS_MAX = 200;
const PROBLEMS_MAX = 100;

/** A fault as a library reports it, in terms of JSON Schema. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly keyword: string;
  /** What the keyword asks for. */
  readonly expected?: unknown;
  /** The author's or the library's own words, where there are no common ones or the author chose theirs. */
  readonly text?: string | undefined;
}

type Words = (expected: unknown) => string;

const ARTICLES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

const WORDS: Readonly<Record<string, Words>> = {
  type: (types) => `must be ${sortedTypes(types).map(typeInWords).join(' or ')}`,
  enum: (options) => `must be ${(options as unknown[]).length > 1 ? 'one of ' : ''}${listed(options as unknown[])}`,
  const: (value) => `must be ${listed([value])}`,
  minimum: (limit) => `must be at least ${show(limit)}`,
  maximum: (limit) => `must be at most ${show(limit)}`,
  exclusiveMinimum: (limit) => `must be more than ${show(limit)}`,
  exclusiveMaximum: (limit) => `must be less than ${show(limit)}`,
  multipleOf: (step) => `must be a multiple of ${show(step)}`,
  minLength: (limit) => `must have at least ${show(limit)} characters`,
  maxLength: (limit) => `must have at most ${show(limit)} characters`,
  minItems: (limit) => `must have at least ${show(limit)} items`,
  maxItems: (limit) => `must have at most ${show(limit)} items`,
  uniqueItems: () => 'must not have equal items',
  minProperties: (limit) => `must have at least ${show(limit)} fields`,
  maxProperties: (limit) => `must have at most ${show(limit)} fields`,
  pattern: (source) => `must match the pattern ${source}`,
  format: (format) => `must be a valid ${format}`,
  anyOf: () => 'fits none of the allowed forms',
  oneOf: () => 'fits more than one of the allowed forms',
  not: () => 'must not be of this form',
  propertyNames: () => 'has a field whose name is not allowed',
};

/**
 * The problems that `findings` are.
 *
 * `json` is the JSON form of the schema: where it allows more types than the library names (null, say),
 * its words win, because the engine speaks from it.
 */
export function problemsOf(
  findings: Iterable<Finding>,
  input: unknown,
  where: string,
  json: JsonSchema | boolean = true,
): Problem[] {
  const problems: Problem[] = [];
  for (const finding of findings) {
    if (problems.length === PROBLEMS_MAX) break;
    problems.push(problemOf(finding, input, where, json));
  }
  return problems;
}

/** A JSON Pointer (RFC 6901). */
export function pointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The JSON type of a value: `integer` for a whole number. */
export function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** Whether `value` is of JSON type `type`. */
export function isOfType(value: unknown, type: string): boolean {
  const own = typeOf(value);
  return own === type || (own === 'integer' && type === 'number');
}

/** The schema inside `json` for what is at `path`, as far as it can be told. */
export function formAt(json: JsonSchema | boolean, path: readonly PropertyKey[]): JsonSchema | undefined {
  let form = resolved(json, json);
  for (const step of path) {
    if (form === undefined) return undefined;
    const fields = form.properties as JsonSchema | undefined;
    const places = form.prefixItems as unknown[] | undefined;
    const next: unknown =
      typeof step === 'number' ? (places?.[step] ?? form.items) : (own(fields, step) ?? form.additionalProperties);
    form = resolved(next, json);
  }
  return form;
}

function problemOf(finding: Finding, input: unknown, where: string, json: JsonSchema | boolean): Problem {
  const found = reached(input, finding.path);
  const path = pointer(finding.path);
  if (!found && finding.path.length > 0 && finding.keyword !== 'custom') {
    return { path, message: finding.text ?? 'is required', where, keyword: 'required' };
  }
  if (finding.keyword === 'additionalProperties') {
    return { path, message: finding.text ?? 'is not a known field', where, keyword: finding.keyword };
  }
  const { keyword, expected } = finding.text === undefined ? asTheEngine(finding, found?.value, json) : finding;
  const message = finding.text ?? WORDS[keyword]?.(expected) ?? 'is not allowed here';
  return { path, message: cut(message, MESSAGE_CHARS_MAX), where, keyword };
}

function asTheEngine(finding: Finding, met: unknown, json: JsonSchema | boolean): Finding {
  const { path, keyword } = finding;
  const form = formAt(json, path);
  if (['enum', 'const', 'type'].includes(keyword) && form?.enum !== undefined) {
    return { path, keyword: 'enum', expected: form.enum };
  }
  if (keyword === 'type' && form !== undefined && 'const' in form) {
    return { path, keyword: 'const', expected: form.const };
  }
  if (keyword !== 'type' && keyword !== 'anyOf') return finding;
  const types = form?.type;
  const named = typeof types === 'string' ? [types] : Array.isArray(types) ? (types as string[]) : [];
  if (named.length === 0 || named.some((type) => isOfType(met, type))) return finding;
  return { path, keyword: 'type', expected: types };
}

function reached(input: unknown, path: readonly PropertyKey[]): { value: unknown } | undefined {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return { value };
}

function resolved(form: unknown, root: JsonSchema | boolean, depth = 0): JsonSchema | undefined {
  if (typeof form !== 'object' || form === null || depth > 32) return undefined;
  const reference = (form as JsonSchema).$ref;
  if (typeof reference !== 'string') return form as JsonSchema;
  let target: unknown = root;
  for (const step of reference.split('/').slice(1)) {
    target = own(target as JsonSchema | undefined, step.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return resolved(target, root, depth + 1);
}

function own(from: unknown, key: PropertyKey): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, key)
    ? (from as Record<PropertyKey, unknown>)[key]
    : undefined;
}

function typeInWords(type: string): string {
  return ARTICLES[type] ?? type;
}

const JSON_TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string', 'null'];

/** As the engine has them: in alphabetical order, null last. */
function sortedTypes(types: unknown): string[] {
  const names = Array.isArray(types) ? (types as string[]) : [String(types)];
  return [...names].sort((left, right) => JSON_TYPES.indexOf(left) - JSON_TYPES.indexOf(right));
}

function listed(options: readonly unknown[]): string {
  return cut(options.map(show).join(', '), ENUM_CHARS_MAX);
}

function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const characters = [...text.slice(0, charsMax * 2)];
  return characters.length <= charsMax ? text : `${characters.slice(0, charsMax).join('')}…`;
}

/** JSON text with sorted keys; what JSON cannot say, as JavaScript says it. */
function show(value: unknown): string {
  try {
    return JSON.stringify(value, (_, inner: unknown) => sortedKeys(inner)) ?? String(value);
  } catch {
    return String(value);
  }
}

function sortedKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
