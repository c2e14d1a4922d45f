/**
 * Owns schemas of zod 3, any 3.x, with `~standard` or without: checks through the author's own instance.
 *
 * Their JSON form is `zod3-json.ts`.
 */

import type { Checked, ReadSchema } from './contract.js';
import { formatName } from './forms.js';
import { literalPattern } from './patterns.js';
import { type Finding, formAt, problemsOf } from './problems.js';
import { jsonOfZod3, type Zod3 } from './zod3-json.js';

const NO_OWN_WORDS = '\u0000motia';

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly [detail: string]: unknown;
}

type Parsed = { success: true; data: unknown } | { success: false; error: { issues: Issue[] } };

interface Parser {
  safeParse(value: unknown, params: object): Parsed;
  safeParseAsync(value: unknown, params: object): Promise<Parsed>;
}

/** Whether `source` is a schema of zod 3. */
export function isZod3(source: unknown): source is Zod3 {
  return typeof source === 'object' && source !== null && typeof (source as Partial<Zod3>)._def?.typeName === 'string';
}

/** See `readSchema`. */
export function readZod3(schema: Zod3, what: string): ReadSchema {
  const json = jsonOfZod3(schema, what);
  const parser = schema as unknown as Parser;
  const params = {
    // What a check was given as its message never comes here: zod 3 takes it at once.
    errorMap: ({ code }: { code: string }, { defaultError }: { defaultError: string }) => ({
      message: code in FINDINGS ? NO_OWN_WORDS : defaultError,
    }),
  };
  let mustWait = false;
  const checked = (parsed: Parsed, value: unknown, where: string): Checked => {
    if (parsed.success) return { ok: true, value: parsed.data };
    const findings = parsed.error.issues.flatMap((issue) => findingsOf(issue, json));
    return { ok: false, problems: problemsOf(findings, value, where, json) };
  };
  return {
    json,
    check(value, where) {
      if (!mustWait) {
        try {
          return checked(parser.safeParse(value, params), value, where);
        } catch (error) {
          if (!isAsyncNeeded(error)) throw error;
          mustWait = true;
        }
      }
      return parser.safeParseAsync(value, params).then((parsed) => checked(parsed, value, where));
    },
  };
}

function isAsyncNeeded(error: unknown): boolean {
  return (
    error instanceof Error &&
    /(?:Async refinement|Asynchronous transform) encountered during synchronous parse/.test(error.message)
  );
}

type Part = Omit<Finding, 'path'> & { path?: Finding['path'] };

function findingsOf(issue: Issue, json: ReadSchema['json']): Finding[] {
  const text = issue.message === NO_OWN_WORDS ? undefined : issue.message;
  const findings = FINDINGS[issue.code]?.(issue) ?? [{ keyword: issue.code }];
  return findings.map((found) => {
    const finding = named({ path: issue.path, ...found, ...(text !== undefined && { text }) }, json);
    if (finding.keyword !== 'pattern' || finding.expected !== undefined) return finding;
    // zod 3 does not say which pattern it was; a weakened one has no common words.
    const form = formAt(json, finding.path);
    return form?.pattern === undefined
      ? { ...finding, text: text ?? 'does not match its pattern' }
      : { ...finding, expected: form.pattern };
  });
}

const OF_NAMES = new Set(['minLength', 'maxLength', 'pattern', 'format']);

/** zod 3 reports a bad key of a record at the place of its value. */
function named(finding: Finding, json: ReadSchema['json']): Finding {
  const name = finding.path.at(-1);
  const holder = typeof name === 'string' ? formAt(json, finding.path.slice(0, -1)) : undefined;
  if (holder === undefined || Object.hasOwn((holder.properties as object | undefined) ?? {}, name ?? ''))
    return finding;
  if (holder.additionalProperties === false) return { ...finding, keyword: 'additionalProperties' };
  const value = (holder.additionalProperties ?? {}) as { type?: unknown };
  if (holder.propertyNames === undefined || !OF_NAMES.has(finding.keyword) || value.type === 'string') return finding;
  return { path: finding.path.slice(0, -1), keyword: 'propertyNames' };
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  map: 'object',
  set: 'array',
  date: 'string',
  bigint: 'integer',
  float: 'number',
};

const FINDINGS: Readonly<Record<string, (issue: Issue) => Part[]>> = {
  invalid_type: ({ expected }) => {
    if (expected === 'never' || expected === 'undefined' || expected === 'void') return [{ keyword: 'not' }];
    return [{ keyword: 'type', expected: TYPE_NAMES[String(expected)] ?? expected }];
  },
  invalid_literal: ({ expected }) => [{ keyword: 'const', expected }],
  invalid_enum_value: ({ options }) => [oneOf(options as unknown[])],
  invalid_union_discriminator: ({ options }) => [oneOf(options as unknown[])],
  invalid_union: () => [{ keyword: 'anyOf' }],
  unrecognized_keys: ({ keys, path }) =>
    (keys as string[]).map((key) => ({ path: [...path, key], keyword: 'additionalProperties' })),
  invalid_string: ({ validation }) => [text(validation)],
  too_small: (issue) => bounds(issue, 'min', issue.minimum),
  too_big: (issue) => bounds(issue, 'max', issue.maximum),
  not_multiple_of: ({ multipleOf }) => [{ keyword: 'multipleOf', expected: multipleOf }],
  invalid_date: () => [{ keyword: 'format', expected: 'date-time' }],
  not_finite: () => [{ keyword: 'type', expected: 'number' }],
};

function oneOf(options: readonly unknown[]): Part {
  return options.length === 1 ? { keyword: 'const', expected: options[0] } : { keyword: 'enum', expected: options };
}

function text(validation: unknown): Part {
  if (typeof validation === 'string') {
    return validation === 'regex' ? { keyword: 'pattern' } : { keyword: 'format', expected: formatName(validation) };
  }
  const { startsWith, endsWith, includes } = validation as Record<string, string | undefined>;
  if (startsWith !== undefined) return { keyword: 'pattern', expected: `^${literalPattern(startsWith)}` };
  if (endsWith !== undefined) return { keyword: 'pattern', expected: `${literalPattern(endsWith)}$` };
  return { keyword: 'pattern', expected: literalPattern(includes ?? '') };
}

function bounds(issue: Issue, side: 'min' | 'max', limit: unknown): Part[] {
  const { type, inclusive } = issue;
  if (type === 'string') return [{ keyword: `${side}Length`, expected: limit }];
  if (type === 'array' || type === 'set') return [{ keyword: `${side}Items`, expected: limit }];
  const keyword = side === 'min' ? 'inimum' : 'aximum';
  const expected = typeof limit === 'bigint' ? Number(limit) : limit;
  return [{ keyword: inclusive === false ? `exclusiveM${keyword}` : `m${keyword}`, expected }];
}
