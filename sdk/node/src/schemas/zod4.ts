/**
 * Owns schemas of zod 4 (classic, mini, and `zod/v4` of 3.25): checks through the author's own instance.
 *
 * Their JSON form is `zod4-json.ts`.
 */

import type { Checked, ReadSchema } from './contract.js';
import { formatName } from './forms.js';
import { literalPattern } from './patterns.js';
import { type Finding, problemsOf } from './problems.js';
import { jsonOfZod4, type Zod4 } from './zod4-json.js';

/** Stands for "no words of the author's own"; cannot be one by chance. */
const NO_OWN_WORDS = '\u0000motia';

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly [detail: string]: unknown;
}

type Parsed = { success: true; data: unknown } | { success: false; error: { issues: Issue[] } };

interface Parser {
  safeParse(value: unknown, context: object): Parsed;
  safeParseAsync(value: unknown, context: object): Promise<Parsed>;
}

/** Whether `source` is a schema of zod 4. */
export function isZod4(source: unknown): source is Zod4 {
  return typeof source === 'object' && source !== null && typeof (source as Partial<Zod4>)._zod?.def?.type === 'string';
}

/** See `readSchema`. */
export function readZod4(schema: Zod4, what: string): ReadSchema {
  const { json, isAsync } = jsonOfZod4(schema, what);
  const parser = schema as unknown as Parser;
  // An author's own words go before ours in zod's order of precedence.
  const context = { error: ({ code }: { code: string }) => (code in FINDINGS ? NO_OWN_WORDS : undefined) };
  let mustWait = isAsync;
  const checked = (parsed: Parsed, value: unknown, where: string): Checked =>
    parsed.success
      ? { ok: true, value: parsed.data }
      : { ok: false, problems: problemsOf(parsed.error.issues.flatMap(findingsOf), value, where, json) };
  return {
    json,
    check(value, where) {
      if (!mustWait) {
        try {
          return checked(parser.safeParse(value, context), value, where);
        } catch (error) {
          if (!isAsyncNeeded(error)) throw error;
          mustWait = true;
        }
      }
      return parser.safeParseAsync(value, context).then((parsed) => checked(parsed, value, where));
    },
  };
}

function isAsyncNeeded(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.constructor.name === '$ZodAsyncError' || /Encountered Promise during synchronous parse/.test(error.message))
  );
}

function findingsOf(issue: Issue): Finding[] {
  const text = issue.message === NO_OWN_WORDS ? undefined : issue.message;
  const findings = FINDINGS[issue.code]?.(issue) ?? [{ keyword: issue.code }];
  return findings.map((finding) => ({ path: issue.path, ...finding, ...(text !== undefined && { text }) }));
}

type Part = Omit<Finding, 'path'> & { path?: Finding['path'] };

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'integer',
  record: 'object',
  tuple: 'array',
  set: 'array',
  map: 'object',
  date: 'string',
  file: 'string',
  bigint: 'integer',
};

const FINDINGS: Readonly<Record<string, (issue: Issue) => Part[]>> = {
  invalid_type: ({ expected }) => {
    if (expected === 'never' || expected === 'undefined' || expected === 'void') return [{ keyword: 'not' }];
    return [{ keyword: 'type', expected: TYPE_NAMES[String(expected)] ?? expected }];
  },
  too_small: (issue) => [bound(issue, 'min', issue.minimum)],
  too_big: (issue) => [bound(issue, 'max', issue.maximum)],
  not_multiple_of: ({ divisor }) => [{ keyword: 'multipleOf', expected: divisor }],
  invalid_format: (issue) => [format(issue)],
  unrecognized_keys: ({ keys, path }) =>
    (keys as string[]).map((key) => ({ path: [...path, key], keyword: 'additionalProperties' })),
  invalid_value: ({ values }) => {
    const options = values as unknown[];
    return [options.length === 1 ? { keyword: 'const', expected: options[0] } : { keyword: 'enum', expected: options }];
  },
  invalid_union: (issue) => [union(issue)],
  invalid_key: ({ path, issues }) => {
    const [inner] = (issues as Issue[]).flatMap(findingsOf);
    return [{ path: path.slice(0, -1), keyword: 'propertyNames', expected: { ...inner, met: path.at(-1) } }];
  },
};

function bound(issue: Issue, side: 'min' | 'max', limit: unknown): Part {
  const { origin, inclusive } = issue;
  if (origin === 'string') return { keyword: `${side}Length`, expected: limit };
  if (origin === 'array' || origin === 'set') return { keyword: `${side}Items`, expected: limit };
  if (origin === 'record' || origin === 'map' || origin === 'object')
    return { keyword: `${side}Properties`, expected: limit };
  const keyword = side === 'min' ? 'inimum' : 'aximum';
  return {
    keyword: inclusive === false ? `exclusiveM${keyword}` : `m${keyword}`,
    expected: typeof limit === 'bigint' ? Number(limit) : limit,
  };
}

function format(issue: Issue): Part {
  const { format: name, prefix, suffix, includes, pattern } = issue;
  const source = typeof pattern === 'string' ? pattern.replace(/^\/(.*)\/[dgu]*$/s, '$1') : undefined;
  if (name === 'starts_with') return { keyword: 'pattern', expected: `^${literalPattern(String(prefix))}` };
  if (name === 'ends_with') return { keyword: 'pattern', expected: `${literalPattern(String(suffix))}$` };
  if (name === 'includes') return { keyword: 'pattern', expected: literalPattern(String(includes)) };
  if (name === 'lowercase') return { keyword: 'pattern', expected: '^[^A-Z]*$' };
  if (name === 'uppercase') return { keyword: 'pattern', expected: '^[^a-z]*$' };
  if (name === 'regex' || name === 'template_literal') return { keyword: 'pattern', expected: source };
  return { keyword: 'format', expected: formatName(String(name)) };
}

function union(issue: Issue): Part {
  const { discriminator, options, inclusive, note } = issue;
  if (inclusive === false) return { keyword: 'oneOf' };
  // Before 4.2 the options are not told, only that none matched.
  if (note === 'No matching discriminator' && options === undefined)
    return { path: issue.path.slice(0, -1), keyword: 'anyOf' };
  if (typeof discriminator !== 'string' || !Array.isArray(options) || options.length === 0) return { keyword: 'anyOf' };
  return options.length === 1 ? { keyword: 'const', expected: options[0] } : { keyword: 'enum', expected: options };
}
