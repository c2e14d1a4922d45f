/**
 * Owns plain JSON Schemas of authors: defaults, and a light check.
 *
 * The engine enforces the whole schema before a handler runs; the check here is for a worker that is
 * asked directly. It is never stricter than the schema: what it does not know it lets pass.
 */

import { isJson, isPlainObject, type JsonSchema, type ReadSchema, SchemaUnreadable } from './contract.js';
import { type Finding, isOfType, problemsOf } from './problems.js';

const TYPES = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);
const KEYWORDS = new Set(
  (
    '$schema $id $ref $defs $anchor $dynamicRef $dynamicAnchor $vocabulary $comment definitions type enum const properties ' +
    'required additionalProperties patternProperties propertyNames minProperties maxProperties dependentRequired ' +
    'dependentSchemas unevaluatedProperties unevaluatedItems items prefixItems minItems maxItems uniqueItems contains ' +
    'minContains maxContains minLength maxLength pattern format minimum maximum exclusiveMinimum exclusiveMaximum ' +
    'multipleOf anyOf oneOf allOf not if then else title description default examples deprecated readOnly writeOnly ' +
    'contentEncoding contentMediaType contentSchema nullable discriminator externalDocs xml'
  ).split(' '),
);

type Path = readonly (string | number)[];
type Fill = (value: unknown) => unknown;
type Look = (value: unknown, path: Path, found: Finding[]) => void;

/** See `readSchema`. */
export function readJson(source: unknown, what: string): ReadSchema {
  if (typeof source === 'boolean') return reading(source, source ? () => {} : NEVER, (value) => value);
  if (!isPlainObject(source)) {
    throw new SchemaUnreadable(
      what,
      `is ${Array.isArray(source) ? 'an array' : 'an object of a class'}, which is no schema`,
      HINT,
    );
  }
  refuseOthers(source, what);
  refuseBroken(source, what);
  return reading(source, new Looks(source).of(source), new Fills(source).of(source) ?? ((value) => value));
}

const HINT = 'use a zod schema, a Standard Schema, or a JSON Schema such as { type: "object" }';
const NEVER: Look = (_value, path, found) => void found.push({ path, keyword: 'falseSchema' });

function reading(json: JsonSchema | boolean, look: Look, fill: Fill): ReadSchema {
  return {
    json,
    check(value, where) {
      const filled = fill(value);
      const found: Finding[] = [];
      look(filled, [], found);
      return found.length === 0
        ? { ok: true, value: filled }
        : { ok: false, problems: problemsOf(found, filled, where, json) };
    },
  };
}

/** An object of names to schemas is a frequent slip: it would be a JSON Schema that checks nothing. */
function refuseOthers(source: JsonSchema, what: string): void {
  const names = Object.keys(source);
  if (names.length === 0 || names.some((name) => KEYWORDS.has(name) || name.startsWith('x-'))) return;
  const first = String(names[0]);
  const isLibrary =
    typeof source[first] === 'object' &&
    source[first] !== null &&
    ('_def' in source[first] || '_zod' in source[first] || '~standard' in source[first]);
  throw new SchemaUnreadable(
    what,
    `is an object with the key ${JSON.stringify(first)}, which JSON Schema does not have`,
    isLibrary
      ? 'wrap the fields: z.object({ … })'
      : `name fields in properties: { type: "object", properties: { ${first}: { type: "string" } } }`,
  );
}

function refuseBroken(source: JsonSchema, what: string): void {
  if (!isJson(source)) {
    const part = Object.keys(source).find((name) => !isJson(source[name]));
    throw new SchemaUnreadable(
      part === undefined ? what : `${what}.${part}`,
      'is not JSON',
      'a JSON Schema consists of JSON values, nested at most 64 levels',
    );
  }
  const walk = (schema: unknown, part: string): void => {
    if (!isPlainObject(schema)) return;
    const { type, $ref: reference } = schema;
    for (const name of Array.isArray(type) ? type : type === undefined ? [] : [type]) {
      if (!TYPES.has(name as string)) {
        throw new SchemaUnreadable(
          part,
          `says type ${JSON.stringify(name)}, which JSON Schema does not have`,
          `one of ${[...TYPES].sort().join(', ')}`,
        );
      }
    }
    if (typeof reference === 'string' && !reference.startsWith('#')) {
      throw new SchemaUnreadable(
        part,
        `refers to ${reference}, which is outside the schema`,
        'schemas are never fetched: move it into $defs',
      );
    }
    for (const inner of ['properties', '$defs', 'definitions', 'patternProperties']) {
      if (isPlainObject(schema[inner]))
        for (const [name, one] of Object.entries(schema[inner])) walk(one, `${part}.${name}`);
    }
    for (const inner of ['items', 'additionalProperties']) walk(schema[inner], `${part}[]`);
    for (const inner of ['anyOf', 'oneOf', 'allOf', 'prefixItems']) {
      if (Array.isArray(schema[inner])) for (const one of schema[inner]) walk(one, part);
    }
  };
  walk(source, what);
}

function target(root: JsonSchema, reference: string): unknown {
  let found: unknown = root;
  for (const step of reference.split('/').slice(1)) {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, name)
        ? (found as JsonSchema)[name]
        : undefined;
  }
  return found;
}

/** What puts defaults in; nothing for a schema without any. Values are copied where they change. */
class Fills {
  readonly #known = new Map<unknown, { fill: Fill | undefined }>();

  constructor(private readonly root: JsonSchema) {}

  of(schema: unknown): Fill | undefined {
    if (!isPlainObject(schema)) return undefined;
    const known = this.#known.get(schema);
    // Inside itself: whether there is a default is not known yet, so it is asked when a value is there.
    if (known) return known.fill ?? ((value) => known.fill?.(value) ?? value);
    const entry: { fill: Fill | undefined } = { fill: undefined };
    this.#known.set(schema, entry);
    entry.fill = this.#compile(schema);
    return entry.fill;
  }

  #compile(schema: JsonSchema): Fill | undefined {
    const fills: Fill[] = [];
    if (typeof schema.$ref === 'string') this.#add(fills, this.of(target(this.root, schema.$ref)));
    for (const part of (schema.allOf as unknown[] | undefined) ?? []) this.#add(fills, this.of(part));
    this.#add(fills, this.#fields(schema));
    this.#add(fills, this.#items(schema));
    return fills.length === 0 ? undefined : (value) => fills.reduce((filled, fill) => fill(filled), value);
  }

  #add(fills: Fill[], fill: Fill | undefined): void {
    if (fill) fills.push(fill);
  }

  #fields(schema: JsonSchema): Fill | undefined {
    const properties = isPlainObject(schema.properties) ? Object.entries(schema.properties) : [];
    const defaults = properties.flatMap(([name, one]) =>
      isPlainObject(one) && 'default' in one ? [[name, one.default] as const] : [],
    );
    const inner = properties.flatMap(([name, one]) => {
      const fill = this.of(one);
      return fill ? [[name, fill] as const] : [];
    });
    if (defaults.length === 0 && inner.length === 0) return undefined;
    return (value) => {
      if (!isPlainObject(value)) return value;
      const filled = { ...value };
      for (const [name, given] of defaults) if (!Object.hasOwn(filled, name)) filled[name] = structuredClone(given);
      for (const [name, fill] of inner) if (Object.hasOwn(filled, name)) filled[name] = fill(filled[name]);
      return filled;
    };
  }

  #items(schema: JsonSchema): Fill | undefined {
    const fill = this.of(schema.items);
    return fill && ((value) => (Array.isArray(value) ? value.map(fill) : value));
  }
}

/** What looks at structure: type, required, properties, items, enum, const, bounds. */
class Looks {
  readonly #known = new Map<unknown, { look: Look }>();

  constructor(private readonly root: JsonSchema) {}

  of(schema: unknown): Look {
    if (schema === false) return NEVER;
    if (!isPlainObject(schema)) return () => {};
    const known = this.#known.get(schema);
    if (known) return (value, path, found) => known.look(value, path, found);
    const entry = { look: (() => {}) as Look };
    this.#known.set(schema, entry);
    const looks = this.#compile(schema);
    entry.look = (value, path, found) => {
      for (const look of looks) look(value, path, found);
    };
    return entry.look;
  }

  #compile(schema: JsonSchema): Look[] {
    const looks: Look[] = [];
    if (typeof schema.$ref === 'string') looks.push(this.of(target(this.root, schema.$ref)));
    for (const part of (schema.allOf as unknown[] | undefined) ?? []) looks.push(this.of(part));
    if (schema.type !== undefined) looks.push(typeLook(schema.type as string | string[]));
    if (Array.isArray(schema.enum)) looks.push(valueLook('enum', schema.enum, schema.enum));
    if ('const' in schema) looks.push(valueLook('const', schema.const, [schema.const]));
    for (const keyword of Object.keys(BOUNDS))
      if (typeof schema[keyword] === 'number') looks.push(boundLook(keyword, schema[keyword]));
    for (const keyword of ['anyOf', 'oneOf'])
      if (Array.isArray(schema[keyword])) looks.push(this.#anyLook(schema[keyword]));
    looks.push(...this.#objectLooks(schema), ...this.#arrayLooks(schema));
    return looks;
  }

  #objectLooks(schema: JsonSchema): Look[] {
    const properties = isPlainObject(schema.properties) ? schema.properties : {};
    const fields = Object.entries(properties).map(([name, one]) => [name, this.of(one)] as const);
    const required = Array.isArray(schema.required) ? (schema.required as string[]) : [];
    const rest = schema.additionalProperties;
    const restLook = this.of(rest);
    const hasRest = rest !== undefined && rest !== true && schema.patternProperties === undefined;
    if (fields.length === 0 && required.length === 0 && !hasRest) return [];
    return [
      (value, path, found) => {
        if (!isPlainObject(value)) return;
        for (const name of required)
          if (!Object.hasOwn(value, name)) found.push({ path: [...path, name], keyword: 'required' });
        for (const [name, look] of fields) if (Object.hasOwn(value, name)) look(value[name], [...path, name], found);
        if (!hasRest) return;
        for (const name of Object.keys(value)) {
          if (Object.hasOwn(properties, name)) continue;
          if (rest === false) found.push({ path: [...path, name], keyword: 'additionalProperties' });
          else restLook(value[name], [...path, name], found);
        }
      },
    ];
  }

  #arrayLooks(schema: JsonSchema): Look[] {
    const places = Array.isArray(schema.prefixItems) ? schema.prefixItems.map((one) => this.of(one)) : [];
    const items = schema.items;
    if (places.length === 0 && (items === undefined || items === true)) return [];
    const rest = this.of(items);
    return [
      (value, path, found) => {
        if (!Array.isArray(value)) return;
        for (const [index, item] of value.entries()) (places[index] ?? rest)(item, [...path, index], found);
      },
    ];
  }

  #anyLook(schemas: readonly unknown[]): Look {
    const looks = schemas.map((one) => this.of(one));
    return (value, path, found) => {
      const fits = looks.some((look) => {
        const inside: Finding[] = [];
        look(value, path, inside);
        return inside.length === 0;
      });
      if (!fits) found.push({ path, keyword: 'anyOf' });
    };
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';

/** Whether a value is within a bound; of another type it is. */
const BOUNDS: Readonly<Record<string, (value: unknown, limit: number) => boolean>> = {
  minimum: (value, limit) => !isNumber(value) || value >= limit,
  maximum: (value, limit) => !isNumber(value) || value <= limit,
  exclusiveMinimum: (value, limit) => !isNumber(value) || value > limit,
  exclusiveMaximum: (value, limit) => !isNumber(value) || value < limit,
  minLength: (value, limit) => !isText(value) || [...value].length >= limit,
  maxLength: (value, limit) => !isText(value) || [...value].length <= limit,
  minItems: (value, limit) => !Array.isArray(value) || value.length >= limit,
  maxItems: (value, limit) => !Array.isArray(value) || value.length <= limit,
  minProperties: (value, limit) => !isPlainObject(value) || Object.keys(value).length >= limit,
  maxProperties: (value, limit) => !isPlainObject(value) || Object.keys(value).length <= limit,
};

function boundLook(keyword: string, limit: number): Look {
  const isWithin = BOUNDS[keyword];
  return (value, path, found) => {
    if (isWithin?.(value, limit) === false) found.push({ path, keyword, expected: limit });
  };
}

function typeLook(types: string | string[]): Look {
  const names = Array.isArray(types) ? types : [types];
  return (value, path, found) => {
    if (!names.some((name) => isOfType(value, name))) found.push({ path, keyword: 'type', expected: types });
  };
}

function valueLook(keyword: string, expected: unknown, options: readonly unknown[]): Look {
  return (value, path, found) => {
    if (!options.some((option) => isEqual(option, value))) found.push({ path, keyword, expected });
  };
}

function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left))
    return (
      Array.isArray(right) && left.length === right.length && left.every((item, index) => isEqual(item, right[index]))
    );
  if (!isPlainObject(left) || !isPlainObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isEqual(left[name], right[name]))
  );
}
