/**
 * Owns the JSON Schema of what a zod 4 schema takes in.
 *
 * 1. It never refuses what zod accepts: where it cannot say as much, it says less, node by node.
 * 2. It is read from definitions (`_zod.def`) alone, which are alike in all of 4.x: nothing of zod's is
 *    called but getters of lazy parts, and defaults.
 */

import { isJson, type JsonSchema, SchemaUnreadable } from './contract.js';
import { documented, Keywords, objectForm, oneOfValues, tupleForm } from './forms.js';
import {
  alternatives,
  coerced,
  intersection,
  type Node,
  OPEN,
  orNull,
  orOpen,
  type Place,
  Recursion,
  required,
  valueHint,
  withDefault,
} from './nodes.js';

/** As much of a zod 4 schema or check as is read. */
export interface Zod4 {
  readonly _zod: {
    readonly def: Definition;
    readonly optin?: string | undefined;
    readonly values?: ReadonlySet<unknown> | undefined;
    readonly pattern?: RegExp | undefined;
  };
}

interface Definition {
  readonly type: string;
  readonly checks?: readonly Zod4[];
  readonly [detail: string]: any;
}

type Visit = (def: Definition, place: Place, schema: Zod4) => Node;

/** The JSON form of `schema`, and whether it was seen to be asynchronous. */
export function jsonOfZod4(schema: Zod4, what: string): { json: JsonSchema; isAsync: boolean } {
  const converter = new Converter();
  const { form } = converter.visit(schema, { part: what, isOpen: false });
  return { json: converter.recursion.document(form), isAsync: converter.isAsync };
}

class Converter {
  readonly recursion = new Recursion<Zod4>();
  isAsync = false;

  visit(schema: Zod4, place: Place): Node {
    const { def } = schema._zod;
    const visit = this.#visits[def.type];
    const meta = metadataOf(schema);
    return this.recursion.enter(schema, place, nameOf(meta), CONTAINERS.has(def.type), () => {
      const node = visit === undefined ? OPEN : visit(def, place, schema);
      this.#noticeAsync(def);
      return { form: { ...node.form, ...annotationsOf(meta) }, mayBeMissing: node.mayBeMissing };
    });
  }

  #noticeAsync(def: Definition): void {
    const functions: unknown[] = [def.transform, ...(def.checks ?? []).map((check) => check._zod.def.fn)];
    if (functions.some((one) => typeof one === 'function' && one.constructor.name === 'AsyncFunction'))
      this.isAsync = true;
  }

  #inner(def: Definition, place: Place): Node {
    return this.visit(def.innerType as Zod4, place);
  }

  readonly #visits: Readonly<Record<string, Visit>> = {
    string: (def) => required(coerced(def, textForm(def)), def.coerce === true),
    number: (def) => required(coerced(def, numberForm(def))),
    int: (def) => required(coerced(def, numberForm(def))),
    boolean: (def) => required(coerced(def, { type: 'boolean' }), def.coerce === true),
    null: () => required({ type: 'null' }),
    undefined: () => ({ form: { not: {} }, mayBeMissing: true }),
    void: () => ({ form: { not: {} }, mayBeMissing: true }),
    never: () => required({ not: {} }),
    any: () => OPEN,
    unknown: () => OPEN,
    enum: (def) => required(oneOfValues(enumValues(def.entries))),
    literal: (def) => ({ form: oneOfValues(def.values), mayBeMissing: def.values.includes(undefined) }),
    template_literal: (_def, _place, schema) => required(templateForm(schema)),
    bigint: (def, { part }) =>
      def.coerce === true ? required(documented({}, { type: 'string' })) : unreadable('bigint', part),
    date: (def, { part }) =>
      def.coerce === true
        ? required(documented({}, { type: 'string', format: 'date-time' }))
        : unreadable('date', part),
    symbol: (_def, { part }) => unreadable('symbol', part),
    nan: (_def, { part }) => unreadable('nan', part),
    function: (_def, { part }) => unreadable('function', part),
    file: (_def, { part }) => unreadable('file', part),
    map: (_def, { part }) => unreadable('map', part),
    set: (_def, { part }) => unreadable('set', part),
    object: (def, place) => required(this.#object(def, place)),
    record: (def, place) => required(this.#record(def, place)),
    array: (def, place) => {
      const items = this.visit(def.element, { part: `${place.part}[]`, isOpen: false }).form;
      return required(listForm(def, { type: 'array', ...(Object.keys(items).length > 0 && { items }) }));
    },
    tuple: (def, place) => required(this.#tuple(def, place)),
    union: (def, place) => alternatives(def.options as Zod4[], (option) => this.visit(option, place)),
    intersection: (def, { part }) => {
      const open = { part, isOpen: true };
      return intersection(this.visit(def.left, open), this.visit(def.right, open));
    },
    optional: (def, place) => ({ ...this.#inner(def, place), mayBeMissing: true }),
    nonoptional: (def, place) => required(this.#inner(def, place).form),
    nullable: (def, place) => orNull(this.#inner(def, place)),
    default: (def, place) => withDefault(this.#inner(def, place), () => def.defaultValue),
    prefault: (def, place) => withDefault(this.#inner(def, place), () => def.defaultValue),
    catch: (def, place) => ({
      form: documented({}, orOpen(() => this.#inner(def, place)).form),
      mayBeMissing: true,
    }),
    success: () => OPEN,
    readonly: (def, place) => this.#inner(def, place),
    promise: (def, place) => this.#inner(def, place),
    lazy: (def, place) => this.visit(def.getter(), place),
    pipe: (def, place) => {
      const from = def.in as Zod4;
      // A function comes first and takes anything: what is behind it says nothing about the input.
      this.#noticeAsync(from._zod.def);
      const rest = (def.out as Zod4)._zod.def;
      this.#noticeAsync(rest);
      return from._zod.def.type === 'transform' ? OPEN : this.visit(from, place);
    },
    transform: () => OPEN,
    custom: () => OPEN,
  };

  #object(def: Definition, place: Place): JsonSchema {
    const shape = def.shape as Record<string, Zod4>;
    const fields = Object.keys(shape).map((name) => {
      const field = shape[name] as Zod4;
      const { form, mayBeMissing } = this.visit(field, { part: `${place.part}.${name}`, isOpen: false });
      return [name, form, mayBeMissing || optional(field)] as const;
    });
    const catchall = def.catchall as Zod4 | undefined;
    if (catchall === undefined) return objectForm(fields);
    if (catchall._zod.def.type === 'never') return objectForm(fields, place.isOpen ? undefined : false);
    const rest = this.visit(catchall, { part: `${place.part}.*`, isOpen: false }).form;
    return objectForm(fields, Object.keys(rest).length > 0 ? rest : undefined);
  }

  #record(def: Definition, place: Place): JsonSchema {
    const key = def.keyType as Zod4;
    const value = this.visit(def.valueType, { part: `${place.part}.*`, isOpen: false });
    const names = key._zod.values === undefined ? undefined : [...key._zod.values].map(String);
    const isLoose = def.mode === 'loose' || place.isOpen;
    if (names !== undefined) {
      const isPartial = def.partial === true || value.mayBeMissing || optional(def.valueType);
      return objectForm(
        names.map((name) => [name, value.form, isPartial] as const),
        isLoose ? undefined : false,
      );
    }
    const keys = orOpen(() => this.visit(key, { part: `${place.part} keys`, isOpen: false })).form;
    const { type, ...limits } = keys;
    return {
      type: 'object',
      ...(!isLoose && type === 'string' && Object.keys(limits).length > 0 && { propertyNames: limits }),
      // Beside a loose key the values of unknown fields are anybody's.
      ...(def.mode !== 'loose' &&
        !place.isOpen &&
        Object.keys(value.form).length > 0 && { additionalProperties: value.form }),
    };
  }

  #tuple(def: Definition, { part }: Place): JsonSchema {
    const items = (def.items as Zod4[]).map((item, index) => {
      const { form, mayBeMissing } = this.visit(item, { part: `${part}[${index}]`, isOpen: false });
      return [form, mayBeMissing || optional(item)] as const;
    });
    const rest = def.rest as Zod4 | null | undefined;
    return listForm(
      def,
      tupleForm(items, rest ? this.visit(rest, { part: `${part}[]`, isOpen: false }).form : undefined),
    );
  }
}

const CONTAINERS = new Set(['object', 'array', 'record', 'tuple']);

function optional(schema: Zod4): boolean {
  return schema._zod.optin !== undefined;
}

function unreadable(kind: string, part: string): never {
  const [is, hint] = valueHint(kind);
  throw new SchemaUnreadable(part, is, hint);
}

/** Own checks of a format schema such as `z.email()`, then those added to it, in their order. */
function checksOf(def: Definition): Definition[] {
  const added = (def.checks ?? []).map((check) => check._zod.def);
  return typeof def.check === 'string' && added[0] !== def ? [def, ...added] : added;
}

function textForm(def: Definition): JsonSchema {
  const keywords = new Keywords({ type: 'string' });
  for (const check of checksOf(def)) addTextCheck(keywords, check);
  return keywords.form();
}

function addTextCheck(keywords: Keywords, check: Definition): void {
  switch (check.check) {
    case 'min_length':
      keywords.atLeast('minLength', check.minimum);
      break;
    case 'max_length':
      keywords.atMost('maxLength', check.maximum);
      break;
    case 'length_equals':
      keywords.atLeast('minLength', check.length);
      keywords.atMost('maxLength', check.length);
      break;
    case 'string_format':
      addFormat(keywords, check);
      break;
    default:
      noticeChange(keywords, check);
      break;
  }
}

function addFormat(keywords: Keywords, check: Definition): void {
  switch (check.format) {
    case 'regex':
    case 'lowercase':
    case 'uppercase':
      if (check.pattern instanceof RegExp) keywords.pattern(check.pattern);
      break;
    case 'starts_with':
      keywords.startsWith(check.prefix);
      break;
    case 'ends_with':
      keywords.endsWith(check.suffix);
      break;
    case 'includes':
      keywords.includes(check.includes);
      break;
    default:
      keywords.format(String(check.format));
      // These give on another text than they took.
      if (['url', 'ipv6', 'cidrv6'].includes(check.format)) keywords.changed();
      break;
  }
}

/** What overwrites (trim, say), or a bare function that may, hides the input from the checks behind it. */
function noticeChange(keywords: Keywords, check: Definition): void {
  if (check.check === 'overwrite' || (check.check === 'custom' && check.fn === undefined)) keywords.changed();
}

function numberForm(def: Definition): JsonSchema {
  const keywords = new Keywords({ type: 'number' });
  const checks = checksOf(def);
  // Early versions take 7e-7 for a multiple of 2.
  const isWhole = checks.some(({ format }) => typeof format === 'string' && format.includes('int'));
  for (const check of checks) {
    const isWithin = check.inclusive !== false;
    if (check.check === 'greater_than') keywords.atLeast(isWithin ? 'minimum' : 'exclusiveMinimum', check.value);
    else if (check.check === 'less_than') keywords.atMost(isWithin ? 'maximum' : 'exclusiveMaximum', check.value);
    else if (check.check === 'multiple_of') keywords.multipleOf(check.value, isWhole);
    else if (check.check === 'number_format') addNumberFormat(keywords, String(check.format));
    else noticeChange(keywords, check);
  }
  return keywords.form();
}

function addNumberFormat(keywords: Keywords, format: string): void {
  if (!format.includes('int')) return;
  keywords.integer();
  if (format !== 'int32' && format !== 'uint32') return;
  keywords.atLeast('minimum', format === 'int32' ? -(2 ** 31) : 0);
  keywords.atMost('maximum', format === 'int32' ? 2 ** 31 - 1 : 2 ** 32 - 1);
}

function listForm(def: Definition, base: JsonSchema): JsonSchema {
  const keywords = new Keywords(base);
  for (const check of checksOf(def)) {
    if (check.check === 'min_length') keywords.atLeast('minItems', check.minimum);
    else if (check.check === 'max_length') keywords.atMost('maxItems', check.maximum);
    else if (check.check === 'length_equals') {
      keywords.atLeast('minItems', check.length);
      keywords.atMost('maxItems', check.length);
    } else noticeChange(keywords, check);
  }
  return keywords.form();
}

function templateForm({ _zod }: Zod4): JsonSchema {
  const keywords = new Keywords({ type: 'string' });
  if (_zod.pattern) keywords.pattern(_zod.pattern);
  return keywords.form();
}

/** Values of an enum; a numeric one of TypeScript holds its names backwards too. */
function enumValues(entries: Record<string, unknown>): unknown[] {
  const numbers = Object.values(entries).filter((value) => typeof value === 'number');
  return Object.entries(entries)
    .filter(([name]) => !numbers.includes(Number(name)))
    .map(([, value]) => value);
}

function metadataOf(schema: Zod4): JsonSchema {
  const registry = (globalThis as { __zod_globalRegistry?: { get(schema: unknown): JsonSchema | undefined } })
    .__zod_globalRegistry;
  const own = schema as { meta?: () => JsonSchema | undefined };
  return registry?.get(schema) ?? (typeof own.meta === 'function' ? own.meta() : undefined) ?? {};
}

function nameOf(meta: JsonSchema): string | undefined {
  return typeof meta.id === 'string' ? meta.id : undefined;
}

function annotationsOf(meta: JsonSchema): JsonSchema {
  const known = ['title', 'description', 'examples', 'deprecated', 'readOnly', 'writeOnly', '$comment'];
  return Object.fromEntries(
    Object.entries(meta).filter(([name, value]) => (known.includes(name) || name.startsWith('x-')) && isJson(value)),
  );
}
