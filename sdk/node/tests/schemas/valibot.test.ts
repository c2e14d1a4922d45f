import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as v from 'valibot';
import { SchemaUnreadable } from '../../src/schemas/contract.js';
import { problemsOf } from '../../src/schemas/problems.js';
import { jsonOfValibot, type Valibot, valibotFindings } from '../../src/schemas/valibot.js';

const json = (schema: unknown) => jsonOfValibot(schema as Valibot, 'schema');
const said = (schema: v.GenericSchema, value: unknown, where = 'body') => {
  const { issues = [] } = v.safeParse(schema, value);
  const findings = issues.flatMap((issue) => valibotFindings(issue as never));
  return problemsOf(findings, value, where).map(({ path, keyword, message }) => `${path} ${keyword}: ${message}`);
};

describe('the JSON form of valibot', () => {
  it('says nothing of what is checked after a change', () => {
    assert.equal(json(v.pipe(v.string(), v.trim(), v.minLength(2))).minLength, undefined);
    assert.equal(json(v.pipe(v.string(), v.minLength(1), v.trim())).minLength, 1);
  });

  it('does not ask for what has a fallback', () => {
    const form = json(v.object({ a: v.fallback(v.string(), 'x'), b: v.string() }));

    assert.deepEqual(form.required, ['b']);
  });

  it('leaves out expressions whose flags would be lost', () => {
    assert.equal(json(v.pipe(v.string(), v.regex(/a/i))).pattern, undefined);
    assert.equal(json(v.pipe(v.string(), v.regex(/a/))).pattern, 'a');
  });

  it('says which package is missing', () => {
    const before = process.cwd();
    const empty = mkdtempSync(join(tmpdir(), 'motia-empty-'));
    process.chdir(empty);
    try {
      assert.throws(
        () => json(v.string()),
        (error) => error instanceof SchemaUnreadable && /npm install @valibot\/to-json-schema/.test(error.hint),
      );
    } finally {
      process.chdir(before);
      rmSync(empty, { recursive: true });
    }
  });
});

describe('what valibot finds', () => {
  it('is said in the common words', () => {
    const schema = v.object({
      a: v.pipe(v.string(), v.minLength(2)),
      b: v.pipe(v.number(), v.integer(), v.minValue(5)),
      c: v.picklist(['x', 'y']),
      d: v.pipe(v.string(), v.email()),
      e: v.strictObject({}),
      f: v.literal('q'),
      g: v.union([v.string(), v.number()]),
      h: v.record(v.pipe(v.string(), v.maxLength(1)), v.number()),
      i: v.pipe(v.array(v.number()), v.nonEmpty()),
      j: v.string(),
      k: v.pipe(
        v.number(),
        v.check((one) => one > 3, 'more than three, please'),
      ),
      l: v.pipe(v.string(), v.regex(/^a/), v.startsWith('a.')),
    });
    const value = { a: '', b: 1.5, c: 'z', d: 'x', e: { f: 1 }, f: 1, g: true, h: { ab: 1 }, i: [], k: 1, l: 'b' };

    assert.deepEqual(said(schema, value), [
      '/a minLength: must have at least 2 characters',
      '/b type: must be a whole number',
      '/b minimum: must be at least 5',
      '/c enum: must be one of "x", "y"',
      '/d format: must be a valid email',
      '/e/f additionalProperties: is not a known field',
      '/f const: must be "q"',
      '/g anyOf: fits none of the allowed forms',
      '/h propertyNames: has a field whose name is not allowed',
      '/i minItems: must have at least 1 items',
      '/j required: is required',
      '/k custom: more than three, please',
      '/l pattern: must match the pattern ^a',
      '/l pattern: must match the pattern ^a\\.',
    ]);
  });

  it('never shows a value of a payload', () => {
    const schema = v.object({
      a: v.number(),
      b: v.pipe(v.string(), v.creditCard()),
      c: v.pipe(v.string(), v.words('en', 9)),
    });

    assert.doesNotMatch(said(schema, { a: 'secret', b: 'secret', c: 'secret' }, 'payload').join(), /secret/);
  });
});
