/** Owns arktype: its JSON form, its words for what does not fit. */

import type { JsonSchema } from './contract.js';
import { withoutJson } from './loosen.js';
import type { Finding } from './problems.js';

/** As much of a type of arktype as is used. */
export interface Ark {
  readonly in: Ark;
  toJsonSchema(options: object): JsonSchema;
}

interface Unspoken {
  readonly code: string;
  readonly base: JsonSchema;
  readonly domain?: string;
  readonly proto?: { readonly name: string };
}

interface ArkIssue {
  readonly code: string;
  readonly path: Iterable<PropertyKey>;
  readonly expected: string;
  readonly data: unknown;
  readonly rule?: unknown;
  readonly exclusive?: boolean;
  readonly unit?: unknown;
  readonly domain?: string;
  readonly errors?: readonly ArkIssue[];
}

/** What arktype cannot say as JSON Schema: a value that is no JSON, or a constraint that is left out. */
export function jsonOfArk(type: Ark): JsonSchema {
  return type.in.toJsonSchema({
    fallback: ({ code, base, domain, proto }: Unspoken) => {
      if (code === 'date') return withoutJson('date');
      if (code === 'domain') return withoutJson(domain ?? 'bigint');
      if (code === 'proto') return withoutJson((proto?.name ?? 'object').toLowerCase());
      return code === 'defaultValue' ? undefined : base;
    },
  });
}

/** One issue in terms of JSON Schema. arktype's own message shows the value, so its expectation is said instead. */
export function arkFindings(issue: ArkIssue): Finding[] {
  const found = FINDINGS[issue.code]?.(issue) ?? { keyword: 'custom', text: `must be ${issue.expected}` };
  return [{ path: [...issue.path], ...found }];
}

type Part = Omit<Finding, 'path'>;

const TYPES: Readonly<Record<string, string>> = {
  'a string': 'string',
  'a number': 'number',
  boolean: 'boolean',
  'an object': 'object',
  'an array': 'array',
  null: 'null',
};

const FINDINGS: Readonly<Record<string, (issue: ArkIssue) => Part>> = {
  required: () => ({ keyword: 'required' }),
  domain: typed,
  proto: typed,
  unit: ({ unit }) => ({ keyword: 'const', expected: unit }),
  union: ({ errors = [] }) =>
    errors.length > 0 && errors.every(({ code }) => code === 'unit')
      ? { keyword: 'enum', expected: errors.map(({ unit }) => unit) }
      : { keyword: 'anyOf' },
  predicate: (issue) => {
    if (issue.expected === 'removed') return { keyword: 'additionalProperties' };
    const names = issue.expected.split(/, | or /);
    const types = names.map((name) => TYPES[name]);
    if (types.every((type) => type !== undefined)) return { keyword: 'type', expected: types };
    const options = names.map(literal);
    return options.includes(undefined)
      ? { keyword: 'custom', text: `must be ${issue.expected}` }
      : { keyword: 'enum', expected: options };
  },
  pattern: ({ rule }) => ({ keyword: 'pattern', expected: rule }),
  divisor: ({ rule }) =>
    rule === 1 ? { keyword: 'type', expected: 'integer' } : { keyword: 'multipleOf', expected: rule },
  min: ({ rule, exclusive }) => ({ keyword: exclusive ? 'exclusiveMinimum' : 'minimum', expected: rule }),
  max: ({ rule, exclusive }) => ({ keyword: exclusive ? 'exclusiveMaximum' : 'maximum', expected: rule }),
  minLength: ({ rule, data }) => ({ keyword: Array.isArray(data) ? 'minItems' : 'minLength', expected: rule }),
  maxLength: ({ rule, data }) => ({ keyword: Array.isArray(data) ? 'maxItems' : 'maxLength', expected: rule }),
};

function typed({ expected }: ArkIssue): Part {
  const type = TYPES[expected];
  return type === undefined ? { keyword: 'custom', text: `must be ${expected}` } : { keyword: 'type', expected: type };
}

function literal(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
