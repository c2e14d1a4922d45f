import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { z as z3 } from 'zod3';
import type { Checked } from '../../src/schemas/contract.js';
import { isZod4, readZod4 } from '../../src/schemas/zod4.js';
import type { Zod4 } from '../../src/schemas/zod4-json.js';

const check = (schema: unknown, value: unknown, where = 'body') =>
  readZod4(schema as Zod4, 'schema').check(value, where);
const said = (schema: unknown, value: unknown, where?: string) => {
  const checked = check(schema, value, where) as Checked;
  return checked.ok ? [] : checked.problems.map(({ path, keyword, message }) => `${path} ${keyword}: ${message}`);
};

describe('a check by zod 4', () => {
  it('gives what zod makes of the value', () => {
    const schema = z.object({
      n: z.coerce.number(),
      d: z.string().default('x'),
      at: z.string().transform((text) => text.length),
    });

    assert.deepEqual(check(schema, { n: '5', at: 'abc', more: 1 }), { ok: true, value: { n: 5, d: 'x', at: 3 } });
  });

  it('waits for asynchronous parts only', async () => {
    assert.ok(!(check(z.string(), 'x') instanceof Promise));
    assert.deepEqual(
      await check(
        z.string().refine(async (text) => text === 'x', 'no x'),
        'y',
      ),
      {
        ok: false,
        problems: [{ path: '', message: 'no x', where: 'body', keyword: 'custom' }],
      },
    );
  });

  it('finds out what it could not see to be asynchronous', async () => {
    let count = 0;
    const hidden = (text: string) => {
      count += 1;
      return Promise.resolve(text !== 'bad');
    };
    const read = readZod4(z.object({ a: z.string().refine(hidden) }) as unknown as Zod4, 'schema');

    assert.deepEqual(await read.check({ a: 'ok' }, 'body'), { ok: true, value: { a: 'ok' } });
    const before = count;
    await read.check({ a: 'ok' }, 'body');

    assert.equal(count, before + 1);
  });

  it("throws what the author's own code throws", () => {
    const schema = z.string().transform(() => {
      throw new RangeError('mine');
    });

    assert.throws(() => check(schema, 'x'), RangeError);
  });

  it('finds everything at once, in the common words', () => {
    const schema = z.object({
      a: z.string().min(2),
      b: z.int(),
      c: z.enum(['x', 'y']),
      d: z.email(),
      e: z.strictObject({}),
      f: z.number().multipleOf(2),
      g: z.string().startsWith('a.'),
      h: z.string().regex(/x/i),
      i: z.never(),
      j: z.record(z.string().max(1), z.number()),
      k: z.tuple([z.string()]),
      l: z.number().lt(3),
      m: z.string().includes('q').endsWith('z').uppercase(),
    });
    const value = {
      a: '',
      b: 1.5,
      c: 'z',
      d: 'x',
      e: { f: 1 },
      f: 3,
      g: 'b',
      h: 'y',
      i: 1,
      j: { ab: 1 },
      k: ['a', 'b'],
      l: 3,
      m: 'a',
    };

    assert.deepEqual(said(schema, value), [
      '/a minLength: must have at least 2 characters',
      '/b type: must be a whole number',
      '/c enum: must be one of "x", "y"',
      '/d format: must be a valid email',
      '/e/f additionalProperties: is not a known field',
      '/f multipleOf: must be a multiple of 2',
      '/g pattern: must match the pattern ^a\\.',
      '/h pattern: must match the pattern /x/i',
      '/i not: must not be of this form',
      '/j propertyNames: has a field whose name is not allowed',
      '/k maxItems: must have at most 1 items',
      '/l exclusiveMaximum: must be less than 3',
      '/m pattern: must match the pattern q',
      '/m pattern: must match the pattern z$',
      '/m pattern: must match the pattern ^[^a-z]*$',
    ]);
  });

  it('says what must come, not what coercion made of it', () => {
    assert.deepEqual(said(z.object({ n: z.coerce.number() }), { n: 'abc' }), ['/n type: must be a number']);
    assert.deepEqual(said(z.object({ n: z.coerce.number() }), { n: 'secret' }, 'payload'), [
      '/n type: must be a number',
    ]);
  });

  it("takes the author's own words", () => {
    assert.deepEqual(said(z.string().min(3, 'too short!'), 'a'), [' minLength: too short!']);
    assert.deepEqual(said(z.object({ a: z.string({ error: 'a name, please' }) }), {}), ['/a required: a name, please']);
  });

  it('names the options of a union that is told apart by a field', () => {
    const schema = z.discriminatedUnion('t', [z.object({ t: z.literal('a') }), z.object({ t: z.literal('b') })]);

    assert.deepEqual(said(schema, { t: 'c' }), ['/t enum: must be one of "a", "b"']);
    assert.deepEqual(said(z.union([z.string(), z.array(z.string())]), 1), [' anyOf: fits none of the allowed forms']);
  });

  it('works for zod/mini', () => {
    assert.deepEqual(said(mini.object({ a: mini.string() }), {}), ['/a required: is required']);
  });
});

describe('isZod4', () => {
  it('knows zod 4 from zod 3 and from anything else', () => {
    assert.deepEqual([z.string(), mini.string(), z3.string(), {}, null].map(isZod4), [true, true, false, false, false]);
  });
});
