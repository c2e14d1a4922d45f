/**
 * Owns schemas of Standard Schema v1 with a JSON form: arktype, valibot (through the project's
 * `@valibot/to-json-schema`), and whatever has `~standard.jsonSchema`.
 */

import { type Ark, arkFindings, jsonOfArk } from './arktype.js';
import type { Checked, JsonSchema, ReadSchema } from './contract.js';
import { SchemaUnreadable } from './contract.js';
import { loosened } from './loosen.js';
import { type Finding, problemsOf } from './problems.js';
import { jsonOfValibot, type Valibot, valibotFindings } from './valibot.js';

interface Standard {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Result | Promise<Result>;
    readonly jsonSchema?: { input(options: { target: string }): unknown };
  };
}

type Result = { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Whether `source` is a schema of Standard Schema v1. */
export function isStandard(source: unknown): source is Standard {
  if (source === null || (typeof source !== 'object' && typeof source !== 'function')) return false;
  const standard = (source as Partial<Standard>)['~standard'];
  return typeof standard === 'object' && standard !== null && typeof standard.validate === 'function';
}

/** See `readSchema`. */
export function readStandard(source: Standard, what: string): ReadSchema {
  const standard = source['~standard'];
  const json = jsonOf(source, what);
  const findings = FINDINGS[standard.vendor] ?? plainFindings;
  const checked = (result: Result, value: unknown, where: string): Checked =>
    result.issues === undefined
      ? { ok: true, value: result.value }
      : {
          ok: false,
          problems: problemsOf(
            [...result.issues].flatMap((issue) => findings(issue)),
            value,
            where,
            json,
          ),
        };
  return {
    json,
    check(value, where) {
      const result = standard.validate(value);
      return isPromise(result) ? result.then((done) => checked(done, value, where)) : checked(result, value, where);
    },
  };
}

const FINDINGS: Readonly<Record<string, (issue: Issue) => Finding[]>> = {
  valibot: (issue) => valibotFindings(issue as never),
  arktype: (issue) => arkFindings(issue as never),
};

function jsonOf(source: Standard, what: string): JsonSchema {
  const { vendor, jsonSchema } = source['~standard'];
  try {
    if (vendor === 'valibot')
      return loosened(jsonOfValibot(source as unknown as Valibot, what), what, { hasWholePatterns: true });
    if (vendor === 'arktype') return loosened(jsonOfArk(source as unknown as Ark), what, { hasWholePatterns: false });
    if (jsonSchema !== undefined) {
      return loosened(jsonSchema.input({ target: 'draft-2020-12' }), what, { hasWholePatterns: false });
    }
  } catch (error) {
    if (error instanceof SchemaUnreadable) throw error;
    const reason = String(error instanceof Error ? error.message : error).split('\n')[0];
    throw new SchemaUnreadable(
      what,
      `has no JSON form: ${vendor} says ${reason}`,
      'write this part as JSON Schema, or with zod',
    );
  }
  throw new SchemaUnreadable(
    what,
    `is a schema of ${vendor}, which does not say its JSON form`,
    'use a library with Standard JSON Schema (~standard.jsonSchema), zod, arktype, valibot, or plain JSON Schema',
  );
}

function plainFindings({ path = [], message }: Issue): Finding[] {
  return [{ path: path.map(keyOf), keyword: 'custom', text: message }];
}

function keyOf(step: PropertyKey | { readonly key: PropertyKey }): PropertyKey {
  return typeof step === 'object' ? step.key : step;
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown }).then === 'function';
}
