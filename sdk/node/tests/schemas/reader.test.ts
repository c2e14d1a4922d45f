import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { z as z3 } from 'zod3';
import { z as z4of3 } from 'zod3/v4';
import { readSchema, SchemaUnreadable } from '../../src/schemas/reader.js';

const SAME: Readonly<Record<string, unknown>> = {
  'zod 4': z.object({ a: z.string() }),
  'zod/mini': mini.object({ a: mini.string() }),
  'zod 3': z3.object({ a: z3.string() }),
  'zod 4 of zod 3.25': z4of3.object({ a: z4of3.string() }),
  valibot: v.object({ a: v.string() }),
  arktype: type({ a: 'string' }),
  'JSON Schema': { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
};

describe('readSchema', () => {
  for (const [library, schema] of Object.entries(SAME)) {
    it(`reads ${library}`, async () => {
      const read = readSchema(schema, 'schema');

      assert.deepEqual(read.json, SAME['JSON Schema']);
      assert.deepEqual(await read.check({ a: 'x' }, 'body'), { ok: true, value: { a: 'x' } });
      assert.deepEqual(await read.check({}, 'body'), {
        ok: false,
        problems: [{ path: '/a', message: 'is required', where: 'body', keyword: 'required' }],
      });
      assert.deepEqual(await read.check({ a: 5 }, 'payload'), {
        ok: false,
        problems: [{ path: '/a', message: 'must be text', where: 'payload', keyword: 'type' }],
      });
    });
  }

  it('reads zod 3 without the standard', () => {
    const schema = z3.string();
    Object.defineProperty(schema, '~standard', { value: undefined });

    assert.deepEqual(readSchema(schema, 'schema').json, { type: 'string' });
  });

  for (const nothing of [null, undefined, 5, 'string', () => 1, Symbol('x')]) {
    it(`refuses ${String(nothing)}`, () => {
      assert.throws(
        () => readSchema(nothing, 'schema.body'),
        (error) => error instanceof SchemaUnreadable && error.part === 'schema.body' && /JSON Schema/.test(error.hint),
      );
    });
  }
});
