import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z as z4 } from 'zod';
import { z } from 'zod3';
import type { Checked } from '../../src/schemas/contract.js';
import { isZod3, readZod3 } from '../../src/schemas/zod3.js';
import type { Zod3 } from '../../src/schemas/zod3-json.js';

const check = (schema: unknown, value: unknown, where = 'body') =>
  readZod3(schema as Zod3, 'schema').check(value, where);
const said = (schema: unknown, value: unknown, where?: string) => {
  const checked = check(schema, value, where) as Checked;
  return checked.ok ? [] : checked.problems.map(({ path, keyword, message }) => `${path} ${keyword}: ${message}`);
};

describe('a check by zod 3', () => {
  it('gives what zod makes of the value', () => {
    const schema = z.object({ n: z.coerce.number(), d: z.string().default('x') });

    assert.deepEqual(check(schema, { n: '5', more: 1 }), { ok: true, value: { n: 5, d: 'x' } });
  });

  it('waits for asynchronous parts only', async () => {
    assert.ok(!(check(z.string(), 'x') instanceof Promise));
    assert.deepEqual(
      await check(
        z.string().transform(async (text) => text.length),
        'abc',
      ),
      { ok: true, value: 3 },
    );
    assert.deepEqual(
      await check(
        z.string().refine(async () => false, 'no'),
        'abc',
      ),
      {
        ok: false,
        problems: [{ path: '', message: 'no', where: 'body', keyword: 'custom' }],
      },
    );
  });

  it('finds everything at once, in the common words', () => {
    const schema = z.object({
      a: z.string().min(2),
      b: z.number().int(),
      c: z.enum(['x', 'y']),
      d: z.string().email(),
      e: z.object({}).strict(),
      f: z.string().startsWith('a.'),
      g: z.string().regex(/^x/),
      h: z.string().regex(/x/i),
      i: z.record(z.string().max(1), z.number()),
      j: z.record(z.enum(['x']), z.number()),
      k: z.literal('q'),
      l: z.number().gt(3),
      m: z.string().datetime(),
    });
    const value = {
      a: '',
      b: 1.5,
      c: 'z',
      d: 'x',
      e: { f: 1 },
      f: 'b',
      g: 'y',
      h: 'y',
      i: { ab: 1 },
      j: { y: 1 },
      k: 1,
      l: 3,
      m: 'x',
    };

    assert.deepEqual(said(schema, value), [
      '/a minLength: must have at least 2 characters',
      '/b type: must be a whole number',
      '/c enum: must be one of "x", "y"',
      '/d format: must be a valid email',
      '/e/f additionalProperties: is not a known field',
      '/f pattern: must match the pattern ^a\\.',
      '/g pattern: must match the pattern ^x',
      '/h pattern: does not match its pattern',
      '/i propertyNames: has a field whose name is not allowed',
      '/j/y additionalProperties: is not a known field',
      '/k const: must be "q"',
      '/l exclusiveMinimum: must be more than 3',
      '/m format: must be a valid date-time',
    ]);
  });

  it("takes the author's own words, and shows no value of a payload", () => {
    assert.deepEqual(said(z.string().min(3, 'too short!'), 'a'), [' minLength: too short!']);
    assert.deepEqual(said(z.object({ a: z.number() }), { a: 'secret' }, 'payload'), ['/a type: must be a number']);
  });
});

describe('isZod3', () => {
  it('knows zod 3 with and without the standard', () => {
    const old = { _def: { typeName: 'ZodString', checks: [] } };

    assert.deepEqual([z.string(), old, z4.string(), {}, null].map(isZod3), [true, true, false, false, false]);
  });
});
