import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { z as z4of3 } from 'zod3/v4';
import { SchemaUnreadable } from '../../src/schemas/contract.js';
import { jsonOfZod4, type Zod4 } from '../../src/schemas/zod4-json.js';

const json = (schema: unknown) => jsonOfZod4(schema as Zod4, 'schema.body').json;
const field = (schema: unknown) => json(z.object({ a: schema as z.ZodType }));
const required = (schema: unknown) => field(schema).required ?? [];

describe('the JSON form of zod 4', () => {
  it('is the input, not the output', () => {
    assert.deepEqual(json(z.string().transform(Number)), { type: 'string' });
    assert.deepEqual(json(z.string().pipe(z.coerce.date())), { type: 'string' });
    assert.deepEqual(json(z.codec(z.string(), z.number(), { decode: Number, encode: String })), { type: 'string' });
    assert.deepEqual(json(z.stringbool()), { type: 'string' });
    assert.deepEqual(json(z.preprocess(Number, z.date())), {});
  });

  it('documents what coercion and catch are meant for', () => {
    assert.deepEqual(json(z.coerce.number().min(2)), { anyOf: [{ type: 'number', minimum: 2 }, {}] });
    assert.deepEqual(json(z.boolean().catch(false)), { anyOf: [{ type: 'boolean' }, {}] });
    assert.deepEqual(json(z.coerce.date()), { anyOf: [{ type: 'string', format: 'date-time' }, {}] });
    assert.deepEqual(json(z.date().catch(new Date(0))), {});
  });

  it('requires what must be there, and nothing more', () => {
    for (const schema of [
      z.string(),
      z.coerce.number(),
      z.literal('a'),
      z.nullable(z.string()),
      z.string().optional().nonoptional(),
    ]) {
      assert.deepEqual(required(schema), ['a']);
    }
    const free = [
      z.string().optional(),
      z.string().default('x'),
      z.string().prefault('x'),
      z.any(),
      z.unknown(),
      z.coerce.string(),
      z.coerce.boolean(),
    ];
    for (const schema of [
      ...free,
      z.string().catch('x'),
      z.preprocess(String, z.string()),
      z.custom(),
      z.union([z.string(), z.undefined()]),
    ]) {
      assert.deepEqual(required(schema), []);
    }
  });

  it('keeps what a field says of itself', () => {
    const schema = z
      .string()
      .min(1)
      .meta({ description: 'a name', title: 'Name', examples: ['x'], pattern: 'no keyword' });

    assert.deepEqual(json(schema), {
      type: 'string',
      minLength: 1,
      description: 'a name',
      title: 'Name',
      examples: ['x'],
    });
  });

  it('shows defaults that are the same every time', () => {
    assert.deepEqual(json(z.number().default(3)), { type: 'number', default: 3 });
    assert.deepEqual(json(z.string().default(() => String(Math.random()))), { type: 'string' });
    assert.deepEqual(json(z.any().default(() => new Date())), {});
  });

  it('only documents what is checked after the text was changed', () => {
    assert.deepEqual(json(z.string().max(5).trim().min(1)), {
      type: 'string',
      maxLength: 5,
      anyOf: [{ minLength: 1 }, {}],
    });
    assert.deepEqual(
      json(
        z
          .string()
          .superRefine(() => {})
          .min(1),
      ),
      { type: 'string', anyOf: [{ minLength: 1 }, {}] },
    );
    assert.deepEqual(
      json(
        z
          .string()
          .refine(() => true)
          .min(1),
      ),
      { type: 'string', minLength: 1 },
    );
  });

  it('describes objects as strict, loose or open', () => {
    assert.equal(json(z.object({})).additionalProperties, undefined);
    assert.equal(json(z.strictObject({})).additionalProperties, false);
    assert.equal(json(z.looseObject({})).additionalProperties, undefined);
    assert.deepEqual(json(z.object({}).catchall(z.number())).additionalProperties, { type: 'number' });
  });

  it('opens both sides of an intersection', () => {
    const both = z.intersection(z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() }));

    assert.deepEqual(json(both), {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      required: ['a', 'b'],
    });
  });

  it('describes records, tuples, enums and templates', () => {
    assert.deepEqual(json(z.record(z.enum(['x', 'y']), z.number())), {
      type: 'object',
      properties: { x: { type: 'number' }, y: { type: 'number' } },
      required: ['x', 'y'],
      additionalProperties: false,
    });
    assert.equal(json(z.partialRecord(z.enum(['x', 'y']), z.number())).required, undefined);
    assert.deepEqual(json(z.record(z.string().regex(/^a/), z.number())), {
      type: 'object',
      propertyNames: { pattern: '^a' },
      additionalProperties: { type: 'number' },
    });
    assert.deepEqual(json(z.tuple([z.string()], z.number())), {
      type: 'array',
      prefixItems: [{ type: 'string' }],
      minItems: 1,
      items: { type: 'number' },
    });
    assert.deepEqual(json(z.enum({ One: 1, 1: 'One', Two: 'two' })), { enum: [1, 'two'] });
    assert.deepEqual(json(z.templateLiteral(['a', z.enum(['b', 'c'])])), { type: 'string', pattern: '^a(b|c)$' });
  });

  it('names schemas that are inside themselves', () => {
    const Tree = z.object({
      value: z.number(),
      get kids() {
        return z.array(Tree);
      },
    });

    Tree.register(z.globalRegistry, { id: 'Tree of numbers' });

    assert.deepEqual(json(Tree), {
      $ref: '#/$defs/Tree_of_numbers',
      $defs: {
        Tree_of_numbers: {
          type: 'object',
          properties: {
            value: { type: 'number' },
            kids: { type: 'array', items: { $ref: '#/$defs/Tree_of_numbers' } },
          },
          required: ['value', 'kids'],
        },
      },
    });
  });

  it('is the same for zod/mini and for the zod 4 of zod 3.25', () => {
    const expected = {
      type: 'object',
      properties: { a: { type: 'string', minLength: 1 }, b: { type: 'number' } },
      required: ['a'],
    };

    assert.deepEqual(
      json(mini.object({ a: mini.string().check(mini.minLength(1)), b: mini.optional(mini.number()) })),
      expected,
    );
    assert.deepEqual(json(z4of3.object({ a: z4of3.string().min(1), b: z4of3.number().optional() })), expected);
  });

  it('knows asynchronous refinements and transforms', () => {
    assert.equal(
      jsonOfZod4(z.object({ a: z.string().refine(async () => true) }) as unknown as Zod4, 's').isAsync,
      true,
    );
    assert.equal(jsonOfZod4(z.string().transform(async () => 1) as unknown as Zod4, 's').isAsync, true);
    assert.equal(jsonOfZod4(z.string().refine(() => true) as unknown as Zod4, 's').isAsync, false);
  });
});

describe('what zod 4 takes and JSON cannot say', () => {
  const cases: readonly [unknown, string, RegExp][] = [
    [z.object({ a: z.object({ at: z.date() }) }), 'schema.body.a.at', /z\.coerce\.date\(\)/],
    [z.array(z.bigint().optional()), 'schema.body[]', /z\.coerce\.bigint\(\)/],
    [z.tuple([z.string(), z.map(z.string(), z.string())]), 'schema.body[1]', /z\.record/],
    [z.record(z.string(), z.set(z.string())), 'schema.body.*', /z\.array/],
    [z.object({ f: z.file() }), 'schema.body.f', /request\.files/],
    [z.union([z.date(), z.nan()]), 'schema.body', /z\.coerce\.date/],
    [z.lazy(() => z.symbol()), 'schema.body', /z\.enum/],
  ];
  for (const [schema, part, hint] of cases) {
    it(`is refused at ${part}`, () => {
      assert.throws(
        () => json(schema),
        (error) => error instanceof SchemaUnreadable && error.part === part && hint.test(error.hint),
      );
    });
  }

  it('is left out of a union whose other sides say it all', () => {
    assert.deepEqual(json(z.union([z.string(), z.date()])), { type: 'string' });
  });
});
