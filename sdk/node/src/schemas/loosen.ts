/**
 * Owns making a foreign library's JSON Schema safe to enforce.
 *
 * 1. The result accepts whatever the given schema was made from accepts: keywords whose meaning differs
 *    between the library and the engine (patterns, formats, lengths, fractions) document only.
 * 2. A part that is marked as having no JSON form is an error with its path, except as an alternative,
 *    which is then never taken.
 */

import { isPlainObject, type JsonSchema, SchemaUnreadable } from './contract.js';
import { documented } from './forms.js';
import { valueHint } from './nodes.js';
import { ASTRAL_PATTERN, portablePattern } from './patterns.js';

const NO_JSON = 'motia: no JSON form: ';
const DROPPED = new Set(['$schema', '~standard', 'if', 'then', 'else', 'x-motia-kept']);

interface Options {
  /** Whether patterns say all of their expression; false where flags are lost. */
  readonly hasWholePatterns: boolean;
}

interface Place {
  readonly part: string;
  readonly isAlternative: boolean;
  readonly isOpen: boolean;
}

/** What a converter gives for a value that JSON cannot say: `date`, `bigint`, `map`… */
export function withoutJson(kind: string): JsonSchema {
  return { $comment: NO_JSON + kind };
}

/** `form` with everything that could refuse too much turned into documentation. */
export function loosened(form: unknown, part: string, options: Options): JsonSchema {
  const result = loosen(form, { part, isAlternative: false, isOpen: false }, options);
  return typeof result === 'object' ? result : result ? {} : { not: {} };
}

function loosen(form: unknown, place: Place, options: Options): JsonSchema | boolean {
  if (typeof form === 'boolean') return form;
  if (!isPlainObject(form)) return {};
  refuseMarked(form, place);
  const hasOptions = 'enum' in form || 'const' in form;
  if (typeof form.$comment === 'string' && form.$comment.startsWith(NO_JSON)) return { not: {} };
  const asserted: JsonSchema = {};
  const documents: JsonSchema = {};
  for (const [keyword, value] of Object.entries(form)) {
    // Beside the values a type would only report a second time.
    if (DROPPED.has(keyword) || (keyword === 'type' && hasOptions)) continue;
    const inner = nested(keyword, value, place, options);
    if (inner !== undefined) Object.assign(asserted, inner);
    else if (isShared(keyword, value, options)) asserted[keyword] = value;
    else if (keyword === 'minLength')
      Object.assign(asserted, { if: { pattern: ASTRAL_PATTERN }, else: { minLength: value } });
    else if (keyword !== 'pattern' || portable(value)) documents[keyword] = value;
    else asserted.$comment = `checked by the step itself: ${String(value)}`;
  }
  // To valibot and arktype an array is an object too, as long as no field is required.
  if (form.type === 'object' && !(Array.isArray(form.required) && form.required.length > 0))
    asserted.type = ['object', 'array'];
  if (place.isOpen && asserted.additionalProperties === false) delete asserted.additionalProperties;
  return Object.keys(documents).length > 0 ? documented(asserted, documents) : asserted;
}

function refuseMarked(form: JsonSchema, { part, isAlternative }: Place): void {
  const comment = form.$comment;
  if (isAlternative || typeof comment !== 'string' || !comment.startsWith(NO_JSON)) return;
  const [is] = valueHint(comment.slice(NO_JSON.length));
  throw new SchemaUnreadable(part, is, 'take the text, number, array or object that stands for it, and transform it');
}

/** Whether library and engine mean the same by this keyword. */
function isShared(keyword: string, value: unknown, { hasWholePatterns }: Options): boolean {
  switch (keyword) {
    case 'format':
      return false;
    case 'pattern':
      return hasWholePatterns && portable(value);
    case 'minLength':
      return typeof value === 'number' && value <= 1;
    case 'multipleOf':
      return Number.isSafeInteger(value);
    case 'not':
      // Inside `not` a weaker schema would refuse more.
      return isPlainObject(value) && Object.keys(value).every((one) => ['const', 'enum', 'type'].includes(one));
    default:
      return true;
  }
}

function portable(pattern: unknown): boolean {
  try {
    return portablePattern(new RegExp(String(pattern))) !== undefined;
  } catch {
    return false;
  }
}

/** Keywords that hold schemas, loosened inside; undefined for others. */
function nested(keyword: string, value: unknown, place: Place, options: Options): JsonSchema | undefined {
  const { part, isOpen } = place;
  const plain = (name: string): Place => ({ part: name, isAlternative: false, isOpen: false });
  const list = (values: unknown, inner: Place) => (values as unknown[]).map((one) => loosen(one, inner, options));
  switch (keyword) {
    case 'properties':
    case '$defs':
    case 'definitions':
    case 'patternProperties':
      return { [keyword]: mapped(value, (one, name) => loosen(one, plain(`${part}.${name}`), options)) };
    case 'items':
      return value === false ? {} : { items: loosen(value, plain(`${part}[]`), options) };
    case 'prefixItems':
      return {
        prefixItems: (value as unknown[]).map((one, index) => loosen(one, plain(`${part}[${index}]`), options)),
      };
    case 'additionalProperties':
      return { additionalProperties: loosen(value, plain(`${part}.*`), options) };
    case 'propertyNames':
      return { propertyNames: loosen(value, plain(`${part} keys`), options) };
    case 'anyOf':
    case 'oneOf':
      // Loosened alternatives may overlap, so that one of them is all that can be asked.
      return { anyOf: list(value, { part, isAlternative: true, isOpen }) };
    case 'allOf':
      return { allOf: list(value, { part, isAlternative: false, isOpen: true }) };
    default:
      return undefined;
  }
}

function mapped(value: unknown, change: (one: unknown, name: string) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(value as JsonSchema).map(([name, one]) => [name, change(one, name)]));
}
