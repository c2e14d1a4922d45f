/** Owns what the readers of zod 3 and zod 4 share: nodes, recursion, and what has no JSON form. */

import { isJson, type JsonSchema, SchemaUnreadable } from './contract.js';
import { bothForms, documented, nullable, oneOfForms } from './forms.js';

/** A schema converted. */
export interface Node {
  readonly form: JsonSchema;
  /** Accepts that its field is not there. */
  readonly mayBeMissing: boolean;
}

/** Deeper than this a schema is taken to be without an end, and says nothing more. */
export const DEPTH_MAX = 60;

interface Entry {
  name: string | undefined;
}

/** Where in the author's schema a node is. */
export interface Place {
  readonly part: string;
  /** Inside an intersection: the other side may know more fields. */
  readonly isOpen: boolean;
}

/** Says nothing. */
export const OPEN: Node = { form: {}, mayBeMissing: true };

/** Schemas that are inside themselves become entries of `$defs`. */
export class Recursion<Schema extends object> {
  readonly #defs: JsonSchema = {};
  readonly #names = new Set<string>();
  readonly #active = [new Map<Schema, Entry>(), new Map<Schema, Entry>()] as const;
  #depth = 0;

  /**
   * Convert `schema` by `convert`, unless it is being converted further up: then refer to it.
   *
   * `isContainer`: an object or array, whose field is surely required.
   */
  enter(
    schema: Schema,
    { isOpen }: Pick<Place, 'isOpen'>,
    name: string | undefined,
    isContainer: boolean,
    convert: () => Node,
  ): Node {
    const active = this.#active[isOpen ? 1 : 0];
    const known = active.get(schema);
    if (known) {
      known.name ??= this.#newName(name);
      return { form: { $ref: `#/$defs/${known.name}` }, mayBeMissing: !isContainer };
    }
    if (this.#depth >= DEPTH_MAX) return { form: {}, mayBeMissing: true };
    const entry: Entry = { name: undefined };
    active.set(schema, entry);
    this.#depth += 1;
    try {
      const node = convert();
      if (entry.name === undefined) return node;
      this.#defs[entry.name] = node.form;
      return { form: { $ref: `#/$defs/${entry.name}` }, mayBeMissing: node.mayBeMissing };
    } finally {
      this.#depth -= 1;
      active.delete(schema);
    }
  }

  /** The document whose root is `form`. */
  document(form: JsonSchema): JsonSchema {
    return Object.keys(this.#defs).length > 0 ? { ...form, $defs: this.#defs } : form;
  }

  #newName(wanted: string | undefined): string {
    const base = (wanted ?? '').replaceAll(/[^\w.-]/g, '_') || 'schema';
    let name = wanted ? base : `${base}1`;
    for (let next = 2; this.#names.has(name); next++) name = `${base}${next}`;
    this.#names.add(name);
    return name;
  }
}

const VALUE_HINTS: Readonly<Record<string, readonly [is: string, hint: string]>> = {
  date: [
    'is a Date, which no JSON value is',
    'use z.coerce.date(), or z.iso.datetime() (zod 3: z.string().datetime()) for the text',
  ],
  bigint: ['is a bigint, which no JSON value is', 'use z.coerce.bigint(), or z.int()'],
  symbol: ['is a symbol, which no JSON value is', 'use a text: z.enum([…]) or z.literal(…)'],
  nan: ['is NaN, which no JSON value is', 'use z.null()'],
  function: ['is a function, which no JSON value is', 'leave it out of the schema'],
  file: [
    'is a File, which no JSON value is',
    'leave it out of the schema: the files of a request are in request.files',
  ],
  map: [
    'is a Map, which no JSON value is',
    'use z.record(…), with .transform((value) => new Map(Object.entries(value))) for a Map',
  ],
  set: ['is a Set, which no JSON value is', 'use z.array(…), with .transform((items) => new Set(items)) for a Set'],
};

/** Why a kind of value cannot come in as JSON, and what to write instead. */
export function valueHint(kind: string): readonly [is: string, hint: string] {
  return VALUE_HINTS[kind] ?? [`is a ${kind}, which no JSON value is`, 'leave it out of the schema'];
}

/** A node whose field must be there. */
export function required(form: JsonSchema, mayBeMissing = false): Node {
  return { form, mayBeMissing };
}

/** `form`, only documented when zod makes its own value of whatever comes in. */
export function coerced(def: { readonly [detail: string]: unknown }, form: JsonSchema): JsonSchema {
  return def.coerce === true ? documented({}, form) : form;
}

/** What `read` gives; nothing is said of what has no JSON form. */
export function orOpen(read: () => Node): Node {
  try {
    return read();
  } catch (error) {
    if (error instanceof SchemaUnreadable) return OPEN;
    throw error;
  }
}

/** One of `options`. An alternative that no JSON value can be is never taken, so the others say it all. */
export function alternatives<Schema>(options: readonly Schema[], visit: (option: Schema) => Node): Node {
  const nodes: Node[] = [];
  let first: SchemaUnreadable | undefined;
  for (const option of options) {
    try {
      nodes.push(visit(option));
    } catch (error) {
      if (!(error instanceof SchemaUnreadable)) throw error;
      first ??= error;
    }
  }
  if (nodes.length === 0 && first !== undefined) throw first;
  return {
    form: nodes.length === 0 ? { not: {} } : oneOfForms(nodes.map(({ form }) => form)),
    mayBeMissing: nodes.some((node) => node.mayBeMissing),
  };
}

/** Both at once. */
export function intersection(left: Node, right: Node): Node {
  return { form: bothForms(left.form, right.form), mayBeMissing: left.mayBeMissing && right.mayBeMissing };
}

/** `inner`, or null. */
export function orNull(inner: Node): Node {
  return { form: nullable(inner.form), mayBeMissing: inner.mayBeMissing };
}

/** `inner` with the default that `read` gives, unless it is made anew each time (an id, the time) or is not JSON. */
export function withDefault(inner: Node, read: () => unknown): Node {
  const value = steady(read);
  return { form: value === undefined ? inner.form : { ...inner.form, default: value }, mayBeMissing: true };
}

function steady(read: () => unknown): unknown {
  try {
    const [first, second] = [read(), read()];
    return isJson(first) && JSON.stringify(first) === JSON.stringify(second) ? first : undefined;
  } catch {
    return undefined;
  }
}
