/**
 * Owns the JSON Schema that is written for what a library of schemas checks.
 *
 * 1. A keyword that could refuse what the library accepts documents only: it stands in
 *    `anyOf: [{…}, {}]`, where the second alternative lets every value pass.
 * 2. After a check that changes the value, later checks are about another value: they document only.
 */

import type { JsonSchema } from './contract.js';
import { isJson } from './contract.js';
import { ASTRAL_PATTERN, literalPattern, portablePattern } from './patterns.js';

const ANNOTATIONS = new Set([
  'title',
  'description',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$comment',
  'default',
]);
/** Formats that the engine enforces; the others are names to it. */
const ENFORCED_FORMATS = new Set(
  (
    'date date-time time duration email idn-email hostname idn-hostname ipv4 ipv6 uri uri-reference iri iri-reference ' +
    'uri-template uuid json-pointer relative-json-pointer regex'
  ).split(' '),
);
/** Enforced formats that accept all that the libraries accept. */
const WIDE_ENOUGH_FORMATS = new Set(['date', 'ipv4', 'uuid']);
const FORMAT_NAMES: Readonly<Record<string, string>> = {
  guid: 'uuid',
  url: 'uri',
  datetime: 'date-time',
  json_string: 'json-string',
};

/** Whether `form` says nothing but annotations. */
export function isOpen(form: JsonSchema): boolean {
  return Object.keys(form).every((keyword) => ANNOTATIONS.has(keyword));
}

/** `asserted`, with `documents` for readers only. */
export function documented(asserted: JsonSchema, documents: JsonSchema): JsonSchema {
  if (isOpen(documents)) return { ...documents, ...asserted };
  const lifted: JsonSchema = {};
  const rest: JsonSchema = {};
  for (const [keyword, value] of Object.entries(documents)) (ANNOTATIONS.has(keyword) ? lifted : rest)[keyword] = value;
  const both = { anyOf: [rest, {}] };
  if (asserted.anyOf === undefined) return { ...lifted, ...asserted, ...both };
  return { ...lifted, ...asserted, allOf: [...((asserted.allOf as JsonSchema[] | undefined) ?? []), both] };
}

/** `form`, or null. */
export function nullable(form: JsonSchema): JsonSchema {
  if (isOpen(form)) return form;
  const { type } = form;
  if (type !== undefined && form.const === undefined) {
    const types = Array.isArray(type) ? (type as string[]) : [type as string];
    const options = form.enum as unknown[] | undefined;
    return {
      ...form,
      type: types.includes('null') ? type : [...types, 'null'],
      ...(options && { enum: options.includes(null) ? options : [...options, null] }),
    };
  }
  const [annotations, rest] = parted(form);
  const keywords = Object.keys(rest);
  if (keywords.length === 1 && rest.enum !== undefined)
    return { ...form, enum: unique([...(rest.enum as unknown[]), null]) };
  if (keywords.length === 1 && 'const' in rest) return { ...annotations, enum: unique([rest.const, null]) };
  if (keywords.length === 1 && rest.anyOf !== undefined)
    return { ...form, anyOf: [...(rest.anyOf as JsonSchema[]), { type: 'null' }] };
  return { ...annotations, anyOf: [rest, { type: 'null' }] };
}

/** One of `forms`. */
export function oneOfForms(forms: readonly JsonSchema[]): JsonSchema {
  if (forms.length === 1) return forms[0] as JsonSchema;
  if (forms.every((form) => isOnly(form, 'type'))) return { type: unique(forms.flatMap((form) => form.type)) };
  if (forms.every((form) => isOnly(form, 'const') || isOnly(form, 'enum'))) {
    return { enum: unique(forms.flatMap((form) => ('const' in form ? [form.const] : (form.enum as unknown[])))) };
  }
  return { anyOf: [...forms] };
}

/** One of some values; those that JSON cannot say are left out. */
export function oneOfValues(values: readonly unknown[]): JsonSchema {
  const known = unique(values.filter((value) => isJson(value)));
  if (known.length === 0) return { not: {} };
  return known.length === 1 ? { const: known[0] } : { enum: known };
}

/** Both forms at once. */
export function bothForms(left: JsonSchema, right: JsonSchema): JsonSchema {
  if (isOpen(left)) return { ...left, ...right };
  if (isOpen(right)) return { ...right, ...left };
  const properties = { ...(left.properties as object), ...(right.properties as object) };
  const isDisjoint = [left, right].reduce(
    (sum, form) => sum + Object.keys((form.properties as object) ?? {}).length,
    0,
  );
  if (isPlainObjectForm(left) && isPlainObjectForm(right) && isDisjoint === Object.keys(properties).length) {
    const required = [...((left.required as string[]) ?? []), ...((right.required as string[]) ?? [])];
    return { ...left, ...right, properties, ...(required.length > 0 && { required }) };
  }
  return { allOf: [left, right] };
}

/** An object with named fields. `rest`: what other fields are like; undefined for anything. */
export function objectForm(
  fields: readonly (readonly [name: string, form: JsonSchema, mayBeMissing: boolean])[],
  rest?: JsonSchema | false,
): JsonSchema {
  const required = fields.filter(([, , mayBeMissing]) => !mayBeMissing).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, form]) => [name, form])),
    ...(required.length > 0 && { required }),
    ...(rest !== undefined && { additionalProperties: rest }),
  };
}

/** An array with a form for each place. */
export function tupleForm(
  items: readonly (readonly [form: JsonSchema, mayBeMissing: boolean])[],
  rest: JsonSchema | undefined,
): JsonSchema {
  const least = items.findLastIndex(([, mayBeMissing]) => !mayBeMissing) + 1;
  return {
    type: 'array',
    ...(items.length > 0 && { prefixItems: items.map(([form]) => form) }),
    ...(least > 0 && { minItems: least }),
    ...(rest === undefined ? { maxItems: items.length } : !isOpen(rest) && { items: rest }),
  };
}

/** The JSON Schema name of a format as a library calls it. */
export function formatName(format: string): string {
  return FORMAT_NAMES[format] ?? format;
}

/** Gathers the keywords of one node, in the order of its checks. */
export class Keywords {
  readonly #asserted: JsonSchema;
  readonly #documents: JsonSchema = {};
  #hasChanged = false;

  constructor(base: JsonSchema) {
    this.#asserted = { ...base };
  }

  /** From here on the value is not the one that came in. */
  changed(): void {
    this.#hasChanged = true;
  }

  /** A lower bound: minimum, exclusiveMinimum, minLength, minItems. */
  atLeast(keyword: string, limit: unknown): void {
    this.#bound(keyword, limit, (known, next) => Math.max(known, next));
  }

  /** An upper bound. */
  atMost(keyword: string, limit: unknown): void {
    this.#bound(keyword, limit, (known, next) => Math.min(known, next));
  }

  /** `type: number` becomes `integer`. */
  integer(): void {
    const into = this.#hasChanged ? this.#documents : this.#asserted;
    into.type = 'integer';
  }

  /** `isWhole`: only whole numbers come this far; libraries divide small fractions wrongly. */
  multipleOf(step: unknown, isWhole: boolean): void {
    if (typeof step !== 'number' || !Number.isFinite(step) || step === 0) return;
    // Fractions are divided differently everywhere, so only whole steps are enforced.
    this.#add('multipleOf', Math.abs(step), isWhole && Number.isSafeInteger(step));
  }

  pattern(expression: RegExp): void {
    const source = portablePattern(expression);
    if (source === undefined) this.#asserted.$comment = `checked by the step itself: ${expression}`;
    else this.#add('pattern', source, true);
  }

  startsWith(text: string): void {
    this.#add('pattern', `^${literalPattern(text)}`, true);
  }

  endsWith(text: string): void {
    this.#add('pattern', `${literalPattern(text)}$`, true);
  }

  includes(text: string): void {
    this.#add('pattern', literalPattern(text), true);
  }

  format(name: string): void {
    const format = formatName(name);
    this.#add('format', format, !ENFORCED_FORMATS.has(format) || WIDE_ENOUGH_FORMATS.has(format));
  }

  /** The whole node. */
  form(): JsonSchema {
    const asserted = this.#asserted;
    const least = asserted.minLength;
    if (typeof least === 'number' && least > 1) {
      // JavaScript counts a character beyond U+FFFF as two, JSON Schema as one.
      delete asserted.minLength;
      Object.assign(asserted, { if: { pattern: ASTRAL_PATTERN }, else: { minLength: least } });
    }
    return documented(asserted, this.#documents);
  }

  #bound(keyword: string, limit: unknown, narrower: (known: number, next: number) => number): void {
    if (typeof limit !== 'number' || !Number.isFinite(limit)) return;
    const into = this.#hasChanged ? this.#documents : this.#asserted;
    const known = into[keyword];
    into[keyword] = typeof known === 'number' ? narrower(known, limit) : limit;
  }

  #add(keyword: string, value: unknown, isSafe: boolean): void {
    const into = this.#hasChanged || !isSafe ? this.#documents : this.#asserted;
    if (into[keyword] === undefined) into[keyword] = value;
    else if (into[keyword] !== value)
      into.allOf = [...((into.allOf as JsonSchema[] | undefined) ?? []), { [keyword]: value }];
  }
}

function parted(form: JsonSchema): [annotations: JsonSchema, rest: JsonSchema] {
  const parts: [JsonSchema, JsonSchema] = [{}, {}];
  for (const [keyword, value] of Object.entries(form)) parts[ANNOTATIONS.has(keyword) ? 0 : 1][keyword] = value;
  return parts;
}

function isOnly(form: JsonSchema, keyword: string): boolean {
  return keyword in form && Object.keys(form).length === 1;
}

function isPlainObjectForm(form: JsonSchema): boolean {
  return (
    form.type === 'object' && Object.keys(form).every((keyword) => ['type', 'properties', 'required'].includes(keyword))
  );
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
