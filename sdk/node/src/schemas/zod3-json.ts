/**
 * Owns the JSON Schema of what a zod 3 schema takes in.
 *
 * 1. It never refuses what zod accepts: where it cannot say as much, it says less, node by node.
 * 2. It is read from definitions (`_def`) alone, which are alike in all of 3.x.
 */

import { type JsonSchema, SchemaUnreadable } from './contract.js';
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

/** As much of a zod 3 schema as is read. */
export interface Zod3 {
  readonly _def: Definition;
}

interface Definition {
  readonly typeName: string;
  readonly description?: string;
  readonly [detail: string]: any;
}

interface TextCheck {
  readonly kind: string;
  readonly value?: unknown;
  readonly regex?: RegExp;
  readonly position?: number;
  readonly version?: string;
  readonly inclusive?: boolean;
}

const CONTAINERS = new Set(['ZodObject', 'ZodArray', 'ZodRecord', 'ZodTuple']);
const KINDS_WITHOUT_JSON: Readonly<Record<string, string>> = {
  ZodBigInt: 'bigint',
  ZodDate: 'date',
  ZodSymbol: 'symbol',
  ZodNaN: 'nan',
  ZodFunction: 'function',
  ZodMap: 'map',
  ZodSet: 'set',
};

/** The JSON form of `schema`. */
export function jsonOfZod3(schema: Zod3, what: string): JsonSchema {
  const converter = new Converter();
  const { form } = converter.visit(schema, { part: what, isOpen: false });
  return converter.recursion.document(form);
}

class Converter {
  readonly recursion = new Recursion<Zod3>();

  visit(schema: Zod3, place: Place): Node {
    const def = schema._def;
    return this.recursion.enter(schema, place, undefined, CONTAINERS.has(def.typeName), () => {
      const { form, mayBeMissing } = this.#node(def, place);
      return { form: def.description === undefined ? form : { ...form, description: def.description }, mayBeMissing };
    });
  }

  #node(def: Definition, place: Place): Node {
    const kind = KINDS_WITHOUT_JSON[def.typeName];
    if (kind === undefined) return this.#visits[def.typeName]?.(def, place) ?? OPEN;
    if (def.coerce === true) {
      return required(documented({}, { type: 'string', ...(kind === 'date' && { format: 'date-time' }) }));
    }
    const [is, hint] = valueHint(kind);
    throw new SchemaUnreadable(place.part, is, hint);
  }

  readonly #visits: Readonly<Record<string, (def: Definition, place: Place) => Node>> = {
    ZodString: (def) => required(coerced(def, textForm(def)), def.coerce === true),
    ZodNumber: (def) => required(coerced(def, numberForm(def))),
    ZodBoolean: (def) => required(coerced(def, { type: 'boolean' }), def.coerce === true),
    ZodNull: () => required({ type: 'null' }),
    ZodUndefined: () => ({ form: { not: {} }, mayBeMissing: true }),
    ZodVoid: () => ({ form: { not: {} }, mayBeMissing: true }),
    ZodNever: () => required({ not: {} }),
    ZodLiteral: (def) => ({ form: oneOfValues([def.value]), mayBeMissing: def.value === undefined }),
    ZodEnum: (def) => required(oneOfValues(def.values)),
    ZodNativeEnum: (def) => required(oneOfValues(enumValues(def.values))),
    ZodObject: (def, place) => required(this.#object(def, place)),
    ZodRecord: (def, place) => required(this.#record(def, place)),
    ZodArray: (def, { part }) =>
      required(listForm(def, this.visit(def.type, { part: `${part}[]`, isOpen: false }).form)),
    ZodTuple: (def, { part }) => required(this.#tuple(def, part)),
    ZodUnion: (def, place) => this.#oneOf(def.options, place),
    ZodDiscriminatedUnion: (def, place) => {
      const options = def.options as Zod3[] | ReadonlyMap<unknown, Zod3>;
      return this.#oneOf(
        Array.isArray(options) ? options : [...new Set((options as ReadonlyMap<unknown, Zod3>).values())],
        place,
      );
    },
    ZodIntersection: (def, { part }) => {
      const open = { part, isOpen: true };
      return intersection(this.visit(def.left, open), this.visit(def.right, open));
    },
    ZodOptional: (def, place) => ({ ...this.visit(def.innerType, place), mayBeMissing: true }),
    ZodNullable: (def, place) => orNull(this.visit(def.innerType, place)),
    ZodDefault: (def, place) => withDefault(this.visit(def.innerType, place), () => def.defaultValue()),
    ZodCatch: (def, place) => ({
      form: documented({}, orOpen(() => this.visit(def.innerType, place)).form),
      mayBeMissing: true,
    }),
    ZodReadonly: (def, place) => this.visit(def.innerType, place),
    ZodBranded: (def, place) => this.visit(def.type, place),
    ZodPromise: (def, place) => this.visit(def.type, place),
    ZodLazy: (def, place) => this.visit(def.getter(), place),
    ZodPipeline: (def, place) => this.visit(def.in, place),
    // A function comes first in a preprocess and takes anything.
    ZodEffects: (def, place) => (def.effect.type === 'preprocess' ? OPEN : this.visit(def.schema, place)),
  };

  #oneOf(options: readonly Zod3[], place: Place): Node {
    return alternatives(options, (option) => this.visit(option, place));
  }

  #object(def: Definition, place: Place): JsonSchema {
    const shape = def.shape() as Record<string, Zod3>;
    const fields = Object.keys(shape).map((name) => {
      const { form, mayBeMissing } = this.visit(shape[name] as Zod3, { part: `${place.part}.${name}`, isOpen: false });
      return [name, form, mayBeMissing] as const;
    });
    const catchall = def.catchall as Zod3;
    if (catchall._def.typeName !== 'ZodNever') {
      const rest = this.visit(catchall, { part: `${place.part}.*`, isOpen: false }).form;
      return objectForm(fields, Object.keys(rest).length > 0 ? rest : undefined);
    }
    return objectForm(fields, def.unknownKeys === 'strict' && !place.isOpen ? false : undefined);
  }

  #record(def: Definition, { part, isOpen }: Place): JsonSchema {
    const { form } = this.visit(def.valueType, { part: `${part}.*`, isOpen: false });
    const names = namesOf(def.keyType);
    if (names !== undefined)
      return objectForm(
        names.map((name) => [name, form, true] as const),
        isOpen ? undefined : false,
      );
    const { type, ...limits } = orOpen(() => this.visit(def.keyType, { part: `${part} keys`, isOpen: false })).form;
    return {
      type: 'object',
      ...(type === 'string' && Object.keys(limits).length > 0 && { propertyNames: limits }),
      ...(Object.keys(form).length > 0 && { additionalProperties: form }),
    };
  }

  #tuple(def: Definition, part: string): JsonSchema {
    const items = (def.items as Zod3[]).map(
      (item, index) => [this.visit(item, { part: `${part}[${index}]`, isOpen: false }).form, false] as const,
    );
    const rest = def.rest as Zod3 | null;
    return tupleForm(items, rest ? this.visit(rest, { part: `${part}[]`, isOpen: false }).form : undefined);
  }
}

function textForm(def: Definition): JsonSchema {
  const keywords = new Keywords({ type: 'string' });
  for (const check of (def.checks ?? []) as TextCheck[]) addTextCheck(keywords, check);
  return keywords.form();
}

function addTextCheck(keywords: Keywords, check: TextCheck): void {
  switch (check.kind) {
    case 'min':
      keywords.atLeast('minLength', check.value);
      break;
    case 'max':
      keywords.atMost('maxLength', check.value);
      break;
    case 'length':
      keywords.atLeast('minLength', check.value);
      keywords.atMost('maxLength', check.value);
      break;
    case 'regex':
      if (check.regex) keywords.pattern(check.regex);
      break;
    case 'startsWith':
      keywords.startsWith(String(check.value));
      break;
    case 'endsWith':
      keywords.endsWith(String(check.value));
      break;
    case 'includes':
      keywords.includes(String(check.value));
      break;
    case 'trim':
    case 'toLowerCase':
    case 'toUpperCase':
      keywords.changed();
      break;
    case 'ip':
      if (check.version) keywords.format(`ip${check.version}`);
      break;
    default:
      keywords.format(check.kind);
      break;
  }
}

function numberForm(def: Definition): JsonSchema {
  const keywords = new Keywords({ type: 'number' });
  const checks = (def.checks ?? []) as TextCheck[];
  // zod 3 takes 7e-7 for a multiple of 2.
  const isWhole = checks.some(({ kind }) => kind === 'int');
  for (const check of checks) {
    const isWithin = check.inclusive !== false;
    if (check.kind === 'min') keywords.atLeast(isWithin ? 'minimum' : 'exclusiveMinimum', check.value);
    else if (check.kind === 'max') keywords.atMost(isWithin ? 'maximum' : 'exclusiveMaximum', check.value);
    else if (check.kind === 'multipleOf') keywords.multipleOf(check.value, isWhole);
    else if (check.kind === 'int') keywords.integer();
  }
  return keywords.form();
}

function listForm(def: Definition, items: JsonSchema): JsonSchema {
  const keywords = new Keywords({ type: 'array', ...(Object.keys(items).length > 0 && { items }) });
  keywords.atLeast('minItems', def.exactLength?.value ?? def.minLength?.value);
  keywords.atMost('maxItems', def.exactLength?.value ?? def.maxLength?.value);
  return keywords.form();
}

/** Names that a key may have, when it is an enum or a literal. */
function namesOf({ _def }: Zod3): string[] | undefined {
  if (_def.typeName === 'ZodEnum') return _def.values;
  if (_def.typeName === 'ZodLiteral' && typeof _def.value === 'string') return [_def.value];
  return undefined;
}

/** Values of a TypeScript enum; a numeric one holds its names backwards too. */
function enumValues(entries: Record<string, unknown>): unknown[] {
  return Object.keys(entries)
    .filter((name) => typeof entries[entries[name] as string] !== 'number')
    .map((name) => entries[name]);
}
