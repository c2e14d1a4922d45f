/** A value that fits a JSON Schema as well as can be told: what a reader edits instead of an empty page. */
import { resolved } from './schema';

type Keywords = { readonly [keyword: string]: unknown };

interface Options {
  /** Also fields that are not required. */
  withOptional?: boolean;
}

const DEPTH_MAX = 8;
const ITEMS_MAX = 5;
const CHARS_MAX = 200;

const FORMATS: Readonly<Record<string, string>> = {
  email: 'ada@example.com',
  'idn-email': 'ada@example.com',
  uuid: '3f2b8a54-6c1d-4e0f-9a7b-2d5c8e1f0a34',
  date: '2026-01-31',
  'date-time': '2026-01-31T09:30:00Z',
  time: '09:30:00Z',
  duration: 'PT1H',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  'uri-reference': '/path',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  'json-pointer': '/a/b',
  regex: '^a+$',
  byte: 'AAAA',
};

/** Texts that common patterns accept; the first that fits is taken. */
const CANDIDATES = [
  'text',
  'ada@example.com',
  'a',
  'A',
  'ABC',
  '1',
  '123',
  '2026-01-31',
  '09:30',
  'abc-123',
  'ABC-123',
];
const LATER_CANDIDATES = ['#336699', '+4915112345678', 'EUR', 'de-DE', '12345', '0000000000000000', '1.0.0'];

/**
 * A value for `schema`: its `const`, example, default or first choice where it names one, else a plain value of
 * its type within its bounds. Only required fields unless `withOptional`. `{}` for no schema.
 */
export function exampleOf(schema: unknown, options: Options = {}): unknown {
  if (schema === undefined || schema === null || typeof schema === 'boolean') return {};
  return value(schema, { root: schema, options, refs: [] }, 0, true);
}

interface Context {
  root: unknown;
  options: Options;
  /** Names of the definitions around this one. */
  refs: readonly string[];
}

function value(schema: unknown, context: Context, depth: number, isTop = false): unknown {
  const named = (schema as Keywords | null)?.$ref;
  const inside = typeof named === 'string' ? { ...context, refs: [...context.refs, named] } : context;
  const own = resolved(schema, context.root);
  if (own.const !== undefined) return own.const;
  if (Array.isArray(own.examples) && own.examples.length > 0) return own.examples[0];
  if (own.example !== undefined) return own.example;
  if (own.default !== undefined) return own.default;
  if (Array.isArray(own.enum) && own.enum.length > 0) return own.enum.find((one) => one !== null) ?? null;
  const variants = [own.anyOf, own.oneOf].find((some) => Array.isArray(some)) as unknown[] | undefined;
  if (own.type === undefined && own.properties === undefined && variants !== undefined && depth < DEPTH_MAX) {
    const chosen = variants.find((part) => resolved(part, context.root).type !== 'null') ?? variants[0];
    return value(chosen, inside, depth + 1, isTop);
  }
  switch (typeOf(own)) {
    case 'object':
      return objectOf(own, inside, depth);
    case 'array':
      return arrayOf(own, inside, depth);
    case 'integer':
    case 'number':
      return numberOf(own);
    case 'boolean':
      return false;
    case 'null':
      return null;
    case 'string':
      return stringOf(own);
    default:
      return isTop ? {} : 'text';
  }
}

function typeOf(own: Keywords): string {
  const type = Array.isArray(own.type) ? own.type.find((one) => one !== 'null') : own.type;
  if (typeof type === 'string') return type;
  if (own.properties !== undefined) return 'object';
  if (own.items !== undefined) return 'array';
  if (own.minimum !== undefined || own.maximum !== undefined) return 'number';
  if (own.format !== undefined || own.pattern !== undefined || own.minLength !== undefined) return 'string';
  return '';
}

function objectOf(own: Keywords, context: Context, depth: number): unknown {
  const made: Record<string, unknown> = {};
  if (depth >= DEPTH_MAX) return made;
  const properties = (own.properties ?? {}) as Record<string, unknown>;
  const required = Array.isArray(own.required) ? (own.required as string[]) : [];
  const names = context.options.withOptional ? [...new Set([...Object.keys(properties), ...required])] : required;
  for (const name of names) {
    const part = properties[name];
    const ref = (part as Keywords | undefined)?.$ref;
    const isAround = typeof ref === 'string' && context.refs.includes(ref);
    if (isAround && !required.includes(name)) continue; // a thing inside itself ends here
    made[name] = part === undefined ? 'text' : value(part, context, depth + 1);
  }
  return made;
}

function arrayOf(own: Keywords, context: Context, depth: number): unknown {
  const fixed = Array.isArray(own.prefixItems) ? own.prefixItems.map((part) => value(part, context, depth + 1)) : [];
  const ref = (own.items as Keywords | undefined)?.$ref;
  const isAround = typeof ref === 'string' && context.refs.includes(ref);
  if (own.items === undefined || own.items === false || depth >= DEPTH_MAX || isAround) return fixed;
  const least = typeof own.minItems === 'number' ? Math.min(own.minItems, ITEMS_MAX) : 1;
  const most = typeof own.maxItems === 'number' ? own.maxItems : ITEMS_MAX;
  const wanted = Math.min(Math.max(least, 1), most) - fixed.length;
  return [...fixed, ...Array.from({ length: Math.max(wanted, 0) }, () => value(own.items, context, depth + 1))];
}

function numberOf(own: Keywords): number {
  const whole = own.type === 'integer' || (Array.isArray(own.type) && own.type.includes('integer'));
  const unit = typeof own.multipleOf === 'number' && own.multipleOf > 0 ? own.multipleOf : whole ? 1 : 0;
  const above = typeof own.exclusiveMinimum === 'number' ? own.exclusiveMinimum : undefined;
  const least = typeof own.minimum === 'number' ? own.minimum : undefined;
  const most = [own.maximum, own.exclusiveMaximum].find((one) => typeof one === 'number') as number | undefined;
  let made = least ?? (above === undefined ? 1 : above + (unit || 0.5));
  if (above !== undefined && made <= above) made = above + (unit || 0.5);
  if (most !== undefined && made > most) made = typeof own.exclusiveMaximum === 'number' ? most - (unit || 0.5) : most;
  if (unit > 0) made = Math.ceil(made / unit) * unit;
  if (most !== undefined && least === undefined && above === undefined && made > most) made -= unit;
  return made;
}

function stringOf(own: Keywords): string {
  const format = typeof own.format === 'string' ? FORMATS[own.format] : undefined;
  if (format !== undefined) return format;
  const least = typeof own.minLength === 'number' ? Math.min(own.minLength, CHARS_MAX) : 0;
  const most = typeof own.maxLength === 'number' ? own.maxLength : CHARS_MAX;
  const fits = (text: string) => text.length >= least && text.length <= most;
  if (typeof own.pattern === 'string') {
    const pattern = patternOf(own.pattern);
    const all = [...CANDIDATES, ...Object.values(FORMATS), ...LATER_CANDIDATES];
    const found = all.find((text) => fits(text) && pattern?.test(text));
    if (found !== undefined) return found;
  }
  return 'text'.padEnd(least, 'x').slice(0, most);
}

function patternOf(source: string): RegExp | undefined {
  try {
    return new RegExp(source, 'u');
  } catch {
    return undefined; // a dialect of another language
  }
}
