/**
 * From text to the types that a JSON Schema names, for the fields of forms.
 *
 * What does not read as the declared type stays text, so that the schema itself reports it in its own words.
 */

const TRUE: ReadonlySet<string> = new Set(['true', '1', 'yes', 'on']);
const FALSE: ReadonlySet<string> = new Set(['false', '0', 'no', 'off']);
const INTEGER = /^-?[0-9]+$/;
const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
const REFS_MAX = 32;
const DEPTH_MAX = 8;

type Node = Readonly<Record<string, unknown>>;
type Texts = string | readonly string[];

/** `fields` with what `schema` (JSON Schema of an object) declares converted; the rest stays as it is. */
export function coerceFields(fields: Readonly<Record<string, Texts>>, schema: unknown): Record<string, unknown> {
  const parts = partsOf(schema, schema, 0);
  const values: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(fields)) {
    const declared = propertyOf(parts, name);
    values[name] = declared === undefined ? given : convert(given, declared, schema);
  }
  return values;
}

/** Names of the fields that `schema` declares. */
export function fieldNames(schema: unknown): string[] {
  return partsOf(schema, schema, 0).flatMap((part) => (isNode(part.properties) ? Object.keys(part.properties) : []));
}

function propertyOf(parts: readonly Node[], name: string): unknown {
  for (const { properties } of parts) {
    if (isNode(properties) && Object.hasOwn(properties, name)) return properties[name];
  }
  return undefined;
}

function convert(given: Texts, declared: unknown, root: unknown): unknown {
  const parts = partsOf(declared, root, 0);
  const types = typesOf(parts);
  const texts = typeof given === 'string' ? [given] : given;
  if (!types.has('array'))
    return typeof given === 'string' ? scalar(given, types) : texts.map((text) => scalar(text, types));
  const items = parts.map((part) => part.items).find(isNode);
  const itemTypes = typesOf(partsOf(items, root, 0));
  return texts.map((text) => scalar(text, itemTypes));
}

function scalar(text: string, types: ReadonlySet<string>): unknown {
  if (types.has('string')) return text;
  if (types.has('integer') && INTEGER.test(text)) return Number(text);
  if (types.has('number') && NUMBER.test(text)) return Number(text);
  if (types.has('boolean')) {
    const lowered = text.toLowerCase();
    if (TRUE.has(lowered)) return true;
    if (FALSE.has(lowered)) return false;
  }
  return text;
}

/** The schema and every alternative inside it, references resolved. */
function partsOf(schema: unknown, root: unknown, depth: number): Node[] {
  const node = resolve(schema, root);
  if (!isNode(node) || depth > DEPTH_MAX) return [];
  const inner = ['anyOf', 'oneOf', 'allOf'].flatMap((word) =>
    Array.isArray(node[word]) ? (node[word] as unknown[]) : [],
  );
  return [node, ...inner.flatMap((one) => partsOf(one, root, depth + 1))];
}

function resolve(schema: unknown, root: unknown): unknown {
  let node = schema;
  for (let count = 0; count < REFS_MAX && isNode(node); count++) {
    const reference = node.$ref;
    if (typeof reference !== 'string' || !reference.startsWith('#')) break;
    node = root;
    for (const step of reference.slice(1).split('/').slice(1)) {
      node = isNode(node) ? node[step.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
    }
  }
  return node;
}

function typesOf(parts: readonly Node[]): ReadonlySet<string> {
  const types = new Set<string>();
  for (const part of parts) {
    if (typeof part.type === 'string') types.add(part.type);
    else if (Array.isArray(part.type)) for (const name of part.type) types.add(String(name));
    else
      for (const value of 'const' in part ? [part.const] : Array.isArray(part.enum) ? part.enum : [])
        types.add(typeof value);
  }
  return types;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
