/** A JSON Schema (draft 2020-12) as rows that people read, and as fields of a form where it is that simple. */

type Keywords = { readonly [keyword: string]: unknown };

export interface SchemaRow {
  /** Where the value stands: `items[].product`. Empty for the value itself. */
  path: string;
  name: string;
  /** How deep it is nested, from 0. */
  depth: number;
  /** In words: `string`, `array of object`, `integer or null`. */
  type: string;
  isRequired: boolean;
  /** What else holds: `at least 1`, `one of "a", "b"`. */
  rules: readonly string[];
  description: string;
}

/** A field of a form for a flat object. */
export interface FormField {
  name: string;
  type: 'string' | 'number' | 'integer' | 'boolean';
  isRequired: boolean;
  /** Allowed values, when they are listed. */
  choices: readonly string[] | undefined;
  description: string;
  hint: string;
}

const ROWS_MAX = 400;
const DEPTH_MAX = 10;

/** The keywords of a schema, with its local `$ref` and its `allOf` put in. */
export function resolved(schema: unknown, root: unknown, depth = 0): Keywords {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema) || depth > DEPTH_MAX) return {};
  let found = schema as Keywords;
  if (typeof found.$ref === 'string') {
    const { $ref, ...beside } = found;
    found = { ...resolved(pointed(root, $ref as string), root, depth + 1), ...beside };
  }
  if (!Array.isArray(found.allOf)) return found;
  const { allOf, ...own } = found;
  return (allOf as unknown[]).map((part) => resolved(part, root, depth + 1)).reduce(merged, own);
}

function merged(left: Keywords, right: Keywords): Keywords {
  const joined: Record<string, unknown> = { ...right, ...left };
  if (left.properties !== undefined || right.properties !== undefined)
    joined.properties = { ...(right.properties as object), ...(left.properties as object) };
  const required = [...listOf(left.required), ...listOf(right.required)];
  if (required.length > 0) joined.required = [...new Set(required)];
  return joined;
}

function pointed(root: unknown, ref: string): unknown {
  if (!ref.startsWith('#')) return undefined;
  let at = root;
  for (const part of ref.slice(1).split('/').filter(Boolean)) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return at;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Every value that the schema speaks of, outer before inner; at most 400. */
export function schemaRows(schema: unknown): SchemaRow[] {
  const rows: SchemaRow[] = [];
  if (schema === undefined || schema === null) return rows;
  const root = resolved(schema, schema);
  if (root.properties === undefined || schema === true || schema === false) {
    rows.push(rowOf(schema, schema, { path: '', name: '(the value)', depth: 0, isRequired: true }));
    inner(schema, schema, '', 1, [], rows);
  } else {
    inner(schema, schema, '', 0, [], rows);
  }
  return rows;
}

type Place = Pick<SchemaRow, 'path' | 'name' | 'depth' | 'isRequired'>;

function rowOf(schema: unknown, root: unknown, place: Place): SchemaRow {
  const keywords = resolved(schema, root);
  return { ...place, type: typeName(schema, root), rules: rulesOf(keywords), description: textOf(keywords) };
}

function textOf(keywords: Keywords): string {
  const text = keywords.description ?? keywords.title;
  return typeof text === 'string' ? text : '';
}

function inner(
  schema: unknown,
  root: unknown,
  path: string,
  depth: number,
  above: readonly unknown[],
  rows: SchemaRow[],
): void {
  if (depth > DEPTH_MAX || rows.length >= ROWS_MAX) return;
  const keywords = resolved(schema, root);
  const identity = typeof (schema as Keywords)?.$ref === 'string' ? (schema as Keywords).$ref : schema;
  if (above.includes(identity)) return; // it contains itself: shown once
  const next = [...above, identity];
  const add = (part: unknown, name: string, partPath: string, isRequired: boolean) => {
    if (rows.length >= ROWS_MAX) return;
    rows.push(rowOf(part, root, { path: partPath, name, depth, isRequired }));
    inner(part, root, partPath, depth + 1, next, rows);
  };
  const required = listOf(keywords.required);
  for (const [name, part] of Object.entries((keywords.properties as object | undefined) ?? {})) {
    add(part, name, path === '' ? name : `${path}.${name}`, required.includes(name));
  }
  if (typeof keywords.additionalProperties === 'object' && keywords.additionalProperties !== null)
    add(keywords.additionalProperties, '(any other name)', `${path}.*`, false);
  // An item that is an object (or a list) shows its own rows; a plain one is said by the list's type.
  if (keywords.items !== undefined && isNested(keywords.items, root))
    inner(keywords.items, root, `${path}[]`, depth, next, rows);
  listOf(keywords.prefixItems).forEach((part, at) => {
    add(part, `[${at}]`, `${path}[${at}]`, false);
  });
  const variants = [...listOf(keywords.anyOf), ...listOf(keywords.oneOf)];
  if (variants.some((part) => isNested(part, root)))
    variants.forEach((part, at) => {
      if (resolved(part, root).type !== 'null') add(part, `variant ${at + 1}`, path, false);
    });
}

function isNested(schema: unknown, root: unknown): boolean {
  const keywords = resolved(schema, root);
  return ['properties', 'items', 'anyOf', 'oneOf', 'additionalProperties'].some(
    (name) => typeof keywords[name] === 'object',
  );
}

/** What a value is, in words. */
export function typeName(schema: unknown, root: unknown, depth = 0): string {
  if (schema === false) return 'nothing';
  const keywords = resolved(schema, root);
  if (depth > 4) return 'anything';
  if (keywords.const !== undefined) return 'constant';
  const variants = [...listOf(keywords.anyOf), ...listOf(keywords.oneOf)];
  if (keywords.type === undefined && variants.length > 0) {
    return [...new Set(variants.map((part) => typeName(part, root, depth + 1)))].join(' or ');
  }
  if (Array.isArray(keywords.type)) return keywords.type.join(' or ');
  if (keywords.type === 'array' || (keywords.type === undefined && keywords.items !== undefined)) {
    const item = keywords.items === undefined ? '' : typeName(keywords.items, root, depth + 1);
    return item === '' || item === 'anything' ? 'array' : `array of ${item}`;
  }
  if (typeof keywords.type === 'string') return keywords.type;
  if (keywords.properties !== undefined) return 'object';
  const values = listOf(keywords.enum);
  if (values.length > 0) return [...new Set(values.map(kindOf))].join(' or ');
  return 'anything';
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

const RULES: readonly (readonly [keyword: string, words: (value: unknown) => string])[] = [
  ['const', (value) => `is ${JSON.stringify(value)}`],
  [
    'enum',
    (value) =>
      `one of ${listOf(value)
        .map((one) => JSON.stringify(one))
        .join(', ')}`,
  ],
  ['format', (value) => `format ${value}`],
  ['minimum', (value) => `at least ${value}`],
  ['exclusiveMinimum', (value) => `more than ${value}`],
  ['maximum', (value) => `at most ${value}`],
  ['exclusiveMaximum', (value) => `less than ${value}`],
  ['multipleOf', (value) => `a multiple of ${value}`],
  ['minLength', (value) => `${value} characters or more`],
  ['maxLength', (value) => `${value} characters at most`],
  ['pattern', (value) => `matches ${value}`],
  ['minItems', (value) => `${value} items or more`],
  ['maxItems', (value) => `${value} items at most`],
  ['uniqueItems', (value) => (value === true ? 'no item twice' : '')],
  ['default', (value) => `default ${JSON.stringify(value)}`],
  ['additionalProperties', (value) => (value === false ? 'no other names' : '')],
  ['deprecated', (value) => (value === true ? 'deprecated' : '')],
];

function rulesOf(keywords: Keywords): string[] {
  return RULES.flatMap(([keyword, words]) => {
    const text = keywords[keyword] === undefined ? '' : words(keywords[keyword]);
    return text === '' ? [] : [text];
  });
}

const FORM_FIELDS_MAX = 16;
const SCALARS = ['string', 'number', 'integer', 'boolean'] as const;

/** The fields of a flat object of plain values; undefined when a form would not do it justice. */
export function formFields(schema: unknown): FormField[] | undefined {
  const keywords = resolved(schema, schema);
  const properties = Object.entries((keywords.properties as object | undefined) ?? {});
  if (properties.length === 0 || properties.length > FORM_FIELDS_MAX || keywords.anyOf || keywords.oneOf)
    return undefined;
  const required = listOf(keywords.required);
  const fields: FormField[] = [];
  for (const [name, part] of properties) {
    const own = resolved(part, schema);
    const named = typeName(part, schema);
    const type = SCALARS.find((one) => one === named);
    if (type === undefined) return undefined;
    const choices = listOf(own.enum);
    fields.push({
      name,
      type,
      isRequired: required.includes(name),
      choices: choices.length > 0 ? choices.map(String) : undefined,
      description: textOf(own),
      hint: rulesOf(own).join(', '),
    });
  }
  return fields;
}
