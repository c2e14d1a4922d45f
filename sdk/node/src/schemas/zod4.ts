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

/** An issue before zod has given it words. */
interface Issue {
  readonly code: string;
  readonly path?: readonly PropertyKey[];
  readonly message?: string;
  /** What raised it, and the schema that this belongs to: either may hold words of the author's. */
  readonly inst?: Owner;
  readonly schema?: Owner;
  readonly [detail: string]: unknown;
}

interface Owner {
  readonly _zod: {
    readonly def: { readonly error?: (issue: Issue) => string | { message: string } | null | undefined };
  };
}

interface Parsed {
  readonly value: unknown;
  readonly issues: readonly Issue[];
}

/** What zod's own parse functions call; with a context of ours they take six times as long. */
type Run = (payload: { value: unknown; issues: Issue[] }, context: { async: boolean }) => Parsed | Promise<Parsed>;

/** Whether `source` is a schema of zod 4. */
export function isZod4(source: unknown): source is Zod4 {
  return typeof source === 'object' && source !== null && typeof (source as Partial<Zod4>)._zod?.def?.type === 'string';
}

/** See `readSchema`. */
export function readZod4(schema: Zod4, what: string): ReadSchema {
  const { json, isAsync } = jsonOfZod4(schema, what);
  const { run } = schema._zod as unknown as { run: Run };
  let mustWait = isAsync;
  const checked = ({ value, issues }: Parsed, input: unknown, where: string): Checked =>
    issues.length === 0
      ? { ok: true, value }
      : { ok: false, problems: problemsOf(issues.flatMap(findingsOf), input, where, json) };
  return {
    json,
    check(value, where) {
      if (!mustWait) {
        try {
          const parsed = run({ value, issues: [] }, { async: false });
          if (!(parsed instanceof Promise)) return checked(parsed, value, where);
          parsed.catch(() => {});
        } catch (error) {
          if (!isAsyncNeeded(error)) throw error;
        }
        mustWait = true;
      }
      const parsed = run({ value, issues: [] }, { async: true });
      return Promise.resolve(parsed).then((done) => checked(done, value, where));
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
  const path = issue.path ?? [];
  const text = ownWords(issue);
  const findings = FINDINGS[issue.code]?.(issue, path) ?? [{ keyword: issue.code, text: 'Invalid input' }];
  return findings.map((finding) => ({ path, ...finding, ...(text !== undefined && { text }) }));
}

/** The author's own words for an issue, in zod's order of precedence. */
function ownWords(issue: Issue): string | undefined {
  if (issue.message) return issue.message;
  for (const owner of [issue.inst, issue.schema]) {
    const said = owner?._zod.def.error?.(issue);
    const text = typeof said === 'string' ? said : said?.message;
    if (text !== undefined) return text;
  }
  return undefined;
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

const FINDINGS: Readonly<Record<string, (issue: Issue, path: readonly PropertyKey[]) => Part[]>> = {
  invalid_type: ({ expected }) => {
    if (expected === 'never' || expected === 'undefined' || expected === 'void') return [{ keyword: 'not' }];
    return [{ keyword: 'type', expected: TYPE_NAMES[String(expected)] ?? expected }];
  },
  too_small: (issue) => [bound(issue, 'min', issue.minimum)],
  too_big: (issue) => [bound(issue, 'max', issue.maximum)],
  not_multiple_of: ({ divisor }) => [{ keyword: 'multipleOf', expected: divisor }],
  invalid_format: (issue) => [format(issue)],
  unrecognized_keys: ({ keys }, path) =>
    (keys as string[]).map((key) => ({ path: [...path, key], keyword: 'additionalProperties' })),
  invalid_value: ({ values }) => {
    const options = values as unknown[];
    return [options.length === 1 ? { keyword: 'const', expected: options[0] } : { keyword: 'enum', expected: options }];
  },
  invalid_union: (issue, path) => [union(issue, path)],
  invalid_key: (_, path) => [{ path: path.slice(0, -1), keyword: 'propertyNames' }],
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

function union(issue: Issue, path: readonly PropertyKey[]): Part {
  const { discriminator, options, inclusive, note } = issue;
  if (inclusive === false) return { keyword: 'oneOf' };
  // Before 4.2 the options are not told, only that none matched.
  if (note === 'No matching discriminator' && options === undefined)
    return { path: path.slice(0, -1), keyword: 'anyOf' };
  if (typeof discriminator !== 'string' || !Array.isArray(options) || options.length === 0) return { keyword: 'anyOf' };
  return options.length === 1 ? { keyword: 'const', expected: options[0] } : { keyword: 'enum', expected: options };
}
