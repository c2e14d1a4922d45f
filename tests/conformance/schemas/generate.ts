/**
 * Owns random schemas with values that their library accepts: one line of JSON for each schema,
 * `{library, json, values}`. Usage: node generate.mjs SEED COUNT.
 */

import { type } from 'arktype';
import * as v from 'valibot';
import { z as zod4 } from 'zod';
import * as mini from 'zod/mini';
import { z as zod3 } from 'zod3';
import { z as zod4of3 } from 'zod3/v4';
import { readSchema, SchemaUnreadable } from '../../../sdk/node/src/schemas/reader.js';

type Z = any;
type Made = { schema: Z; sample: () => unknown };

let state = Number(process.argv[2] ?? 1);
const count = Number(process.argv[3] ?? 500);

function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}
const below = (limit: number) => Math.floor(random() * limit);
const pick = <T>(options: readonly T[]): T => options[below(options.length)] as T;
const chance = (share: number) => random() < share;

const LETTERS = ['a', 'b', 'Z', '0', '7', '-', '_', '.', '@', ' ', '\n', '\r', '\u2028', '\ufeff', 'é', 'ß', '٣', '😀', '𝒳', '+', '/', 'ſ'];
const text = (length = below(7)) => Array.from({ length }, () => pick(LETTERS)).join('');
const KNOWN_TEXTS = [
  'a@b.co', `${'a'.repeat(70)}@b.co`, 'x_@sub.do-.com', '2020-01-01T00:00:00Z', '2020-01-01T00:00Z', '2020-01-01T00:00:00+02:00', '2020-02-29',
  '12:30', '12:30:00.5', 'P1D', 'P1Y2W', 'http://exa%20mple.de/ ä', 'mailto:x', 'HTTP://A', '123e4567-e89b-12d3-a456-426614174000', '::1', 'fe80::1',
  '127.0.0.1', 'abc', 'true', 'yes', '42', '1e3', '0x10', '', ' 7 ', 'Infinity', 'ABC', 'aGk=', 'ab12', 'a1', '12-34',
];
const ANY = (): unknown =>
  pick<() => unknown>([
    () => null, () => true, () => false, () => below(10) - 3, () => random() * 10, () => 1e21, () => text(), () => pick(KNOWN_TEXTS),
    () => [], () => ['a'], () => [1, 2], () => ({}), () => ({ a: 1 }), () => 0, () => -0.5, () => [null], () => 9007199254740991,
  ])();

const PATTERNS: readonly [RegExp, () => string][] = [
  [/^a/, () => `a${text()}`], [/^[a-z]+$/, () => 'abc'], [/^[a-z0-9_-]{2,5}$/, () => 'ab_1'], [/^\d{3}-\d{2}$/, () => '123-45'],
  [/^.{2}$/, () => pick(['ab', '😀'])], [/^..$/u, () => '😀a'], [/^[^a]+$/, () => text().replaceAll('a', 'b') || 'x'], [/^\S+$/, () => '😀é'],
  [/^\S+@\S+$/, () => 'é@😀'], [/^(?=.*a).+$/, () => 'xa'], [/^(a|b)\1$/, () => 'aa'], [/^x$/i, () => 'X'], [/^a.b$/s, () => 'a\nb'], [/^b$/m, () => 'a\nb'],
  [/\bé/, () => 'aé'], [/^\w+$/, () => 'aZ_0'], [/^\s$/, () => pick(['\ufeff', '\u2028', ' ', '\n'])], [/^[\w.+-]+@[\w-]+\.[\w.]+$/, () => 'a@b.c'],
  [/^\p{L}+$/u, () => 'éß'], [/^[\u00e0-\u00ff]$/, () => 'é'], [/^.$/, () => 'a'], [/^.+.+$/, () => pick(['😀', 'ab'])], [/^[^@]+@[^@]+$/, () => 'a@😀'],
  [/^(?:[^/]+\/)*[^/]+$/, () => 'a/😀/c'], [/[^]/, () => 'a'], [/^k$/iu, () => '\u212a'], [/^(?<year>\d{4})$/, () => '2024'], [/^a{2,}$/, () => 'aaa'], [/^\x41\u0042$/, () => 'AB'],
  [/^[\s\S]{2}$/, () => '😀'], [/^\W\W$/, () => '😀'], [/^.*$/, () => text().replaceAll(/[\n\r\u2028]/g, '')], [/^.?.?$/, () => '😀'], [/^(.+)?(.+)?$/, () => '😀'],
];

function textSchema(z: Z): Made {
  let schema = z.string();
  let sample: () => unknown = () => (chance(0.5) ? text() : pick(KNOWN_TEXTS));
  // In zod 3 a refinement has no methods of text any more.
  for (let index = below(3); index >= 0 && schema.min; index--) {
    const limit = below(5);
    const [pattern, matching] = pick(PATTERNS);
    const before = sample;
    pick<() => void>([
      () => { schema = schema.min(limit); },
      () => { schema = schema.max(limit + 3); },
      () => { schema = schema.length(limit); sample = () => pick([text(limit), '😀'.repeat(limit / 2)]); },
      () => { schema = schema.regex(pattern); sample = matching; },
      () => { schema = schema.trim(); sample = () => ` ${before()}\ufeff`; },
      () => { schema = schema.toUpperCase(); },
      () => { schema = schema.startsWith('a.'); sample = () => `a.${before()}`; },
      () => { schema = schema.endsWith('$('); sample = () => `${before()}$(`; },
      () => { schema = schema.includes('[b'); sample = () => `${before()}[b`; },
      () => { schema = pick([() => schema.email(), () => schema.url(), () => schema.datetime(), () => schema.datetime({ offset: true, local: true }), () => schema.date(), () => schema.time(),
        () => schema.duration(), () => schema.uuid(), () => schema.base64?.() ?? schema, () => schema.nanoid(), () => (schema.ip ? schema.ip() : schema.ipv6())])(); sample = () => pick(KNOWN_TEXTS); },
      () => { schema = schema.refine((one: string) => one.length % 2 === 0); },
    ])();
  }
  return { schema, sample };
}

function numberSchema(z: Z): Made {
  let schema = z.number();
  for (let index = below(3); index > 0; index--) {
    const limit = below(9) - 4;
    schema = pick<() => Z>([
      () => schema.min(limit), () => schema.max(limit + 4), () => schema.gt(limit), () => schema.lt(limit + 5), () => schema.int(), () => schema.multipleOf(2),
      () => schema.multipleOf(0.1), () => schema.multipleOf(0.25), () => schema.finite(), () => schema.positive(), () => schema.nonnegative(),
    ])();
  }
  return { schema, sample: () => pick<() => unknown>([() => below(12) - 4, () => (below(40) - 5) / 10, () => 1e21, () => 0.30000000000000004, () => (below(40) - 5) / 4, () => 7e-7])() };
}

const NAMES = ['a', 'b', 'c', 'name', 'x y', 'constructor'];

function objectSchema(z: Z, depth: number): Made {
  const fields = NAMES.filter(() => chance(0.4)).map((name) => [name, anySchema(z, depth - 1)] as const);
  let schema = z.object(Object.fromEntries(fields.map(([name, made]) => [name, made.schema])));
  schema = pick<() => Z>([() => schema, () => schema, () => schema.strict(), () => schema.passthrough(), () => schema.catchall(z.number()), () => schema.partial()])();
  const sample = () => {
    const value: Record<string, unknown> = {};
    for (const [name, made] of fields) if (!chance(0.25)) value[name] = made.sample();
    if (chance(0.2)) value['other'] = pick([1, 'x']);
    return value;
  };
  return { schema, sample };
}

enum Numbers { One = 1, Two = 2, Text = 'text' }

function leaf(z: Z): Made {
  const is4 = z.templateLiteral !== undefined;
  const options: (() => Made)[] = [
    () => textSchema(z), () => textSchema(z), () => numberSchema(z), () => ({ schema: z.boolean(), sample: () => chance(0.5) }), () => ({ schema: z.null(), sample: () => null }),
    () => ({ schema: z.any(), sample: ANY }), () => ({ schema: z.unknown(), sample: ANY }), () => ({ schema: z.enum(['a', 'b']), sample: () => pick(['a', 'b', 'c']) }),
    () => ({ schema: z.nativeEnum(Numbers), sample: () => pick([1, 2, 'text', 'One', 3]) }), () => ({ schema: z.literal('x'), sample: () => 'x' }), () => ({ schema: z.literal(5), sample: () => 5 }),
    () => ({ schema: z.coerce.number().min(2), sample: ANY }), () => ({ schema: z.coerce.boolean(), sample: ANY }), () => ({ schema: z.coerce.string().max(6), sample: ANY }),
    () => ({ schema: z.coerce.date(), sample: () => pick([null, 0, '2020-01-01', true]) }), () => ({ schema: z.coerce.bigint(), sample: () => pick<unknown>([5, '12', true, []]) }),
    () => ({ schema: z.union([z.string(), z.date()]), sample: () => text() }), () => ({ schema: z.undefined(), sample: () => null }), () => ({ schema: z.custom(() => true), sample: ANY }),
    () => ({ schema: z.string().transform((one: string) => one.length).pipe(z.number().min(2)), sample: () => text() }), () => ({ schema: z.instanceof(Object), sample: ANY }),
    () => ({ schema: z.string().default('d').catch('c'), sample: ANY }),
  ];
  if (is4) {
    options.push(
      () => ({ schema: z.templateLiteral(['a', z.number(), z.enum(['x', 'y.'])]), sample: () => pick(['a1x', 'a-2.5y.', 'a1e3x']) }), () => ({ schema: z.stringbool(), sample: () => pick(['true', 'YES', 'off', 'x']) }),
      () => ({ schema: z.literal(['p', 1, null]), sample: () => pick(['p', 1, null]) }), () => ({ schema: z.iso.datetime({ precision: -1, local: true }), sample: () => pick(['2020-01-01T00:00', '2020-01-01T00:00Z']) }),
      () => ({ schema: z.email({ pattern: /x/ }), sample: () => pick(['x', 'axb']) }), () => ({ schema: z.int32(), sample: () => below(9) - 4 }), () => ({ schema: z.float32(), sample: () => random() }),
      () => ({ schema: z.string().overwrite((one: string) => `${one}long enough`).min(8).max(14), sample: () => text(2) }), () => ({ schema: z.json(), sample: ANY }), () => ({ schema: z.string().prefault('a'), sample: () => text() }),
      () => ({ schema: z.string().check((c: Z) => { c.value = 'a long value'; }).min(9), sample: () => text(2) }), () => ({ schema: z.hostname?.() ?? z.string(), sample: () => pick(['a.', 'a.b', 'localhost']) }),
      () => ({ schema: z.guid?.() ?? z.string(), sample: () => '00000000-0000-0000-0000-000000000001' }), () => ({ schema: z.ipv6(), sample: () => pick(KNOWN_TEXTS) }), () => ({ schema: z.cidrv4(), sample: () => '1.2.3.4/8' }),
    );
    if (z.codec) options.push(() => ({ schema: z.codec(z.string(), z.number(), { decode: Number, encode: String }), sample: () => pick(['1', '2']) }));
  }
  return pick(options)();
}

function anySchema(z: Z, depth: number): Made {
  if (depth <= 0 || chance(0.3)) return leaf(z);
  const is4 = z.templateLiteral !== undefined;
  const inner = () => anySchema(z, depth - 1);
  return pick<() => Made>([
    () => objectSchema(z, depth), () => objectSchema(z, depth),
    () => { const one = inner(); return { schema: one.schema.optional(), sample: one.sample }; },
    () => { const one = inner(); return { schema: one.schema.nullable(), sample: () => (chance(0.3) ? null : one.sample()) }; },
    () => { const one = inner(); return { schema: one.schema.nullish(), sample: one.sample }; },
    () => { const one = inner(); return { schema: one.schema.catch(null), sample: ANY }; },
    () => { const one = inner(); return { schema: z.preprocess((value: unknown) => value, one.schema), sample: () => (chance(0.5) ? ANY() : one.sample()) }; },
    () => { const one = inner(); return { schema: one.schema.transform((value: unknown) => [value]), sample: one.sample }; },
    () => { const one = inner(); return { schema: one.schema.refine(() => true).superRefine(() => {}).describe('text'), sample: one.sample }; },
    () => { const one = inner(); return { schema: one.schema.readonly().brand(), sample: one.sample }; },
    () => { const one = inner(); return { schema: z.lazy(() => one.schema), sample: one.sample }; },
    () => { const one = inner(); const least = below(3); return { schema: pick([z.array(one.schema), z.array(one.schema).min(least), z.array(one.schema).max(3), z.array(one.schema).nonempty()]), sample: () => Array.from({ length: below(4) }, one.sample) }; },
    () => { const [one, two] = [inner(), inner()]; return { schema: z.union([one.schema, two.schema]), sample: () => pick([one, two]).sample() }; },
    () => { const [one, two] = [inner(), inner()]; return { schema: z.intersection(one.schema, two.schema), sample: () => { const [a, b] = [one.sample(), two.sample()]; return isRecord(a) && isRecord(b) ? { ...a, ...b } : a; } }; },
    () => { const [one, two] = [inner(), inner()]; const base = z.tuple([one.schema, two.schema]); return { schema: chance(0.4) ? base.rest(z.string()) : base, sample: () => [one.sample(), two.sample(), 'x'].slice(0, 1 + below(3)) }; },
    () => { const [one, two] = [objectSchema(z, depth - 1), objectSchema(z, depth - 1)];
      const tagged = [one, two].map((made, index) => ({ schema: made.schema.extend({ tag: z.literal(index) }), sample: () => ({ ...(made.sample() as object), tag: index }) })) as [Made, Made];
      return { schema: z.discriminatedUnion('tag', [tagged[0].schema, tagged[1].schema]), sample: () => pick(tagged).sample() }; },
    () => { const one = inner(); const keys = pick([z.string(), z.string().min(2), z.string().regex(/^a/), z.enum(['a', 'b'])]); return { schema: z.record(keys, one.schema), sample: () => Object.fromEntries(['a', 'b', '😀', 'ab'].filter(() => chance(0.5)).map((name) => [name, one.sample()])) }; },
    () => { const one = inner(); return is4 && z.looseRecord ? { schema: z.looseRecord(z.string().regex(/^a/), one.schema), sample: () => ({ a: one.sample(), b: ANY() }) } : one; },
    () => { const one = inner(); return is4 ? { schema: z.partialRecord(z.enum(['a', 'b']), one.schema), sample: () => ({ a: one.sample() }) } : one; },
    () => { const one = inner(); const Tree: Z = z.object({ value: one.schema, inside: z.array(z.lazy(() => Tree)).optional(), next: z.lazy(() => Tree).nullish() });
      const sample = (left: number): unknown => ({ value: one.sample(), ...(left > 0 && { inside: [sample(left - 1)], next: chance(0.5) ? null : sample(left - 1) }) }); return { schema: Tree, sample: () => sample(2) }; },
  ])();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A few schemas of the libraries that are not generated, with values around their limits. */
function fixed(): Made[] {
  const values = (...options: unknown[]) => () => pick(options);
  return [
    { schema: v.object({ a: v.pipe(v.string(), v.minLength(2)), b: v.optional(v.number(), 3), c: v.fallback(v.string(), 'x') }), sample: values({ a: '😀' }, { a: 'ab', b: 1, c: 5 }) },
    { schema: v.pipe(v.string(), v.trim(), v.maxLength(2), v.minLength(2)), sample: values('  ab  ', 'ab') },
    { schema: v.pipe(v.string(), v.regex(/^a$/i)), sample: values('A', 'a') },
    { schema: v.pipe(v.string(), v.email()), sample: values('a@b.co', `${'a'.repeat(70)}@b.co`) },
    { schema: v.pipe(v.string(), v.url()), sample: values('http://a b', 'http://ä', 'mailto:x') },
    { schema: v.pipe(v.string(), v.isoTimestamp()), sample: values('2020-01-01T00:00Z', '2020-01-01T00:00:00Z', '2020-01-01T00:00:00+00') },
    { schema: v.variant('t', [v.object({ t: v.literal('a'), x: v.fallback(v.number(), 1) }), v.object({ t: v.literal('b') })]), sample: values({ t: 'a' }, { t: 'b' }, { t: 'a', x: 'y' }) },
    { schema: v.tuple([v.string(), v.number()]), sample: values(['a', 1], ['a', 1, 2]) },
    { schema: v.record(v.pipe(v.string(), v.minLength(2)), v.number()), sample: values({ '😀': 1, ab: 2 }) },
    { schema: v.pipe(v.number(), v.multipleOf(0.1)), sample: values(0.3, 0.1, 1.1, 2) },
    { schema: v.intersect([v.object({ a: v.string() }), v.object({ b: v.string() })]), sample: values({ a: 'x', b: 'y' }) },
    { schema: v.union([v.string(), v.date()]), sample: values('a') },
    { schema: v.pipe(v.unknown(), v.transform(Number), v.number()), sample: values('3', 4, null) },
    { schema: v.pipe(v.string(), v.toUpperCase(), v.length(2)), sample: values('ß', 'ab') },
    { schema: type({ name: 'string>=2', 'age?': 'number%2', when: 'string.date.parse' }), sample: values({ name: '😀', when: '2020-01-01' }, { name: 'ab', age: 4, when: 'Jan 1 2020' }) },
    { schema: v.object({ a: v.optional(v.string()) }), sample: values([], {}) },
    { schema: type({ 'a?': 'string' }), sample: values([], {}) },
    { schema: type({ e: 'string.email', r: /^a/i, u: 'string.url' }), sample: values({ e: 'a@b.co', r: 'AB', u: 'http://x' }) },
    { schema: type(['string', 'number?']), sample: values(['a'], ['a', 1]) },
    { schema: type('string.trim'), sample: values(' a ') },
    { schema: type({ d: 'string|Date', '+': 'reject' }), sample: values({ d: 'x' }) },
    { schema: type('string.numeric.parse'), sample: values('1', '-2.5') },
    { schema: mini.object({ a: mini.string().check(mini.minLength(2), mini.trim(), mini.maxLength(2)), b: mini.optional(mini.number()) }), sample: values({ a: ' 😀 ' }, { a: 'ab', b: 1 }) },
  ];
}

function line(library: string, { schema, sample }: Made): string | undefined {
  let read: ReturnType<typeof readSchema>;
  try {
    read = readSchema(schema, 'schema');
  } catch (error) {
    if (error instanceof SchemaUnreadable) return undefined;
    throw error;
  }
  const values: unknown[] = [];
  for (let index = 0; index < 24; index++) {
    const value = index % 4 === 3 ? ANY() : sample();
    if (value === undefined) continue;
    // What really arrives has been JSON.
    const arrived: unknown = JSON.parse(JSON.stringify(value));
    const checked = safely(() => read.check(arrived, 'body'));
    if (checked !== undefined && 'ok' in checked && checked.ok) values.push(JSON.parse(JSON.stringify(value)));
  }
  return JSON.stringify({ library, json: read.json, values });
}

/** Coercions of odd values may throw, as they do for the author. */
function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

const LIBRARIES: readonly (readonly [string, Z])[] = [['zod 4', zod4], ['zod 3', zod3], ['zod/v4 of 3.25', zod4of3]];
for (let index = 0; index < count; index++) {
  const [library, z] = LIBRARIES[index % 3] as readonly [string, Z];
  // zod itself throws for a few contradictions, such as a length of 2 and a maximum of 0.
  const made = safely(() => anySchema(z, 1 + below(4)));
  const found = made && line(library, made);
  if (found !== undefined) process.stdout.write(`${found}\n`);
}
for (const made of fixed()) process.stdout.write(`${line('others', made)}\n`);
