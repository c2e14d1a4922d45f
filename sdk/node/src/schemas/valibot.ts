/** Owns valibot: its JSON form through the project's own `@valibot/to-json-schema`, its words. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { JsonSchema } from './contract.js';
import { SchemaUnreadable } from './contract.js';
import { formatName } from './forms.js';
import { withoutJson } from './loosen.js';
import { literalPattern } from './patterns.js';
import type { Finding } from './problems.js';

/** As much of a schema of valibot as is used. */
export interface Valibot {
  readonly type: string;
  readonly fallback?: unknown;
  readonly entries?: Readonly<Record<string, Valibot>>;
}

interface Converter {
  toJsonSchema(schema: Valibot, options: object): JsonSchema;
}

interface SchemaContext {
  readonly valibotSchema: Valibot;
  readonly jsonSchema: JsonSchema;
  readonly errors?: readonly string[];
}

interface ActionContext {
  readonly valibotAction: { readonly kind: string; readonly requirement?: unknown };
  readonly jsonSchema: JsonSchema;
}

interface ValibotIssue {
  readonly kind: string;
  readonly type: string;
  readonly message: string;
  readonly expected: string | null;
  readonly requirement?: unknown;
  readonly input: unknown;
  readonly path?: readonly { readonly key: PropertyKey; readonly origin?: string }[];
}

const WITHOUT_JSON = new Set(['date', 'bigint', 'map', 'set', 'symbol', 'function', 'file', 'blob', 'nan', 'promise']);
/** Stands on a node whose value is another one from here on, and keeps what was said of the input. */
const KEPT = 'x-motia-kept';

/** Throws SchemaUnreadable when the project has no `@valibot/to-json-schema`. */
export function jsonOfValibot(schema: Valibot, what: string): JsonSchema {
  return converter(what).toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    errorMode: 'ignore',
    overrideSchema: ofSchema,
    overrideAction: ofAction,
  });
}

function converter(what: string): Converter {
  try {
    // A file that need not exist: what counts is where its imports are looked for.
    return createRequire(join(process.cwd(), 'motia.mjs'))('@valibot/to-json-schema') as Converter;
  } catch (error) {
    if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') throw error;
    throw new SchemaUnreadable(
      what,
      'is a valibot schema, whose JSON form needs another package',
      'run: npm install @valibot/to-json-schema',
    );
  }
}

function ofSchema({ valibotSchema, jsonSchema, errors }: SchemaContext): JsonSchema | undefined {
  if (valibotSchema.fallback !== undefined) return keeping({});
  if (errors !== undefined && WITHOUT_JSON.has(valibotSchema.type)) return withoutJson(valibotSchema.type);
  const { entries } = valibotSchema;
  const required = jsonSchema.required as string[] | undefined;
  if (entries === undefined || required === undefined) return undefined;
  const kept = required.filter((name) => entries[name]?.fallback === undefined);
  return kept.length === required.length ? undefined : { ...jsonSchema, required: kept };
}

/** `jsonSchema` holds what the action added already. */
function ofAction({ valibotAction: { kind, requirement }, jsonSchema }: ActionContext): JsonSchema | undefined {
  const kept = jsonSchema[KEPT] as JsonSchema | undefined;
  if (kept !== undefined) return keeping(kept);
  if (kind === 'transformation') return keeping(jsonSchema);
  if (!(requirement instanceof RegExp) || /^[dgu]*$/.test(requirement.flags)) return undefined;
  // Its flags would be lost.
  const { pattern: _, ...rest } = jsonSchema;
  return { ...rest, $comment: `checked by the step itself: ${requirement}` };
}

function keeping(said: JsonSchema): JsonSchema {
  return { ...said, [KEPT]: said };
}

/** One issue in terms of JSON Schema. */
export function valibotFindings(issue: ValibotIssue): Finding[] {
  const path = (issue.path ?? []).map(({ key }) => key);
  const isKey = issue.path?.at(-1)?.origin === 'key' && issue.kind === 'validation';
  const hasOwnWords = !/^Invalid [\w -]+: (?:Expected|Received)/.test(issue.message);
  const found = isKey ? { keyword: 'propertyNames' } : of(issue);
  return [{ path: isKey ? path.slice(0, -1) : path, ...found, ...(hasOwnWords && { text: issue.message }) }];
}

type Part = Omit<Finding, 'path'>;

function of(issue: ValibotIssue): Part {
  return (issue.kind === 'schema' ? ofKind(issue) : CHECKS[issue.type]?.(issue)) ?? ofFormat(issue);
}

function ofKind({ type, expected, message: said }: ValibotIssue): Part {
  const message = withoutValue(said);
  if (type === 'union') return { keyword: 'anyOf' };
  if (expected === 'never')
    return type === 'strict_tuple' ? { keyword: 'custom', text: message } : { keyword: 'additionalProperties' };
  if (['literal', 'picklist', 'enum', 'variant'].includes(type)) return ofOptions(expected ?? '', message);
  const name = ({ Object: 'object', Array: 'array' } as Record<string, string>)[expected ?? ''] ?? expected;
  return { keyword: 'type', expected: name };
}

/** `("a" | "b")`: the only place where valibot names the options. */
function ofOptions(expected: string, message: string): Part {
  try {
    const options = expected
      .replace(/^\((.*)\)$/s, '$1')
      .split(' | ')
      .map((text) => JSON.parse(text) as unknown);
    return options.length === 1 ? { keyword: 'const', expected: options[0] } : { keyword: 'enum', expected: options };
  } catch {
    return { keyword: 'enum', text: message };
  }
}

function ofFormat({ type, requirement, message: said }: ValibotIssue): Part {
  return requirement instanceof RegExp || type === 'url'
    ? { keyword: 'format', expected: formatName(FORMATS[type] ?? type) }
    : { keyword: 'custom', text: withoutValue(said) };
}

const FORMATS: Readonly<Record<string, string>> = {
  iso_date: 'date',
  iso_timestamp: 'date-time',
  iso_date_time: 'date-time',
  iso_time: 'time',
  rfc_email: 'email',
};

const sized =
  (side: 'min' | 'max') =>
  ({ input, requirement }: ValibotIssue): Part => ({
    keyword: `${side}${Array.isArray(input) ? 'Items' : 'Length'}`,
    expected: requirement,
  });

const CHECKS: Readonly<Record<string, (issue: ValibotIssue) => Part>> = {
  min_length: sized('min'),
  max_length: sized('max'),
  length: (issue) => sized((issue.input as string).length < (issue.requirement as number) ? 'min' : 'max')(issue),
  non_empty: (issue) => sized('min')({ ...issue, requirement: 1 }),
  min_entries: ({ requirement }) => ({ keyword: 'minProperties', expected: requirement }),
  max_entries: ({ requirement }) => ({ keyword: 'maxProperties', expected: requirement }),
  min_value: ({ requirement }) => ({ keyword: 'minimum', expected: requirement }),
  max_value: ({ requirement }) => ({ keyword: 'maximum', expected: requirement }),
  gt_value: ({ requirement }) => ({ keyword: 'exclusiveMinimum', expected: requirement }),
  lt_value: ({ requirement }) => ({ keyword: 'exclusiveMaximum', expected: requirement }),
  integer: () => ({ keyword: 'type', expected: 'integer' }),
  multiple_of: ({ requirement }) => ({ keyword: 'multipleOf', expected: requirement }),
  regex: ({ requirement }) => ({ keyword: 'pattern', expected: (requirement as RegExp).source }),
  starts_with: ({ requirement }) => ({ keyword: 'pattern', expected: `^${literalPattern(String(requirement))}` }),
  ends_with: ({ requirement }) => ({ keyword: 'pattern', expected: `${literalPattern(String(requirement))}$` }),
  includes: ({ requirement }) => ({ keyword: 'pattern', expected: literalPattern(String(requirement)) }),
};

/** valibot's own message shows the value, which may be a secret. */
function withoutValue(message: string): string {
  return message.replace(/(?: but received|: Received) .*$/s, '');
}
