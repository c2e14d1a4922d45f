import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod3';
import { SchemaUnreadable } from '../../src/schemas/contract.js';
import { jsonOfZod3, type Zod3 } from '../../src/schemas/zod3-json.js';

const json = (schema: unknown) => jsonOfZod3(schema as Zod3, 'schema.body');
const required = (schema: z.ZodTypeAny) => json(z.object({ a: schema })).required ?? [];

// As TypeScript compiles an enum.
const Level = { Low: 0, 0: 'Low', High: 1, 1: 'High', Top: 'top' } as const;

describe('the JSON form of zod 3', () => {
  it('is the input, not the output', () => {
    assert.deepEqual(json(z.string().transform(Number)), { type: 'string' });
    assert.deepEqual(json(z.string().pipe(z.coerce.date())), { type: 'string' });
    assert.deepEqual(json(z.preprocess(Number, z.date())), {});
    assert.deepEqual(
      json(
        z
          .string()
          .refine(() => true)
          .brand('x')
          .readonly(),
      ),
      { type: 'string' },
    );
  });

  it('requires what must be there, and nothing more', () => {
    for (const schema of [z.string(), z.coerce.number(), z.literal('a'), z.string().nullable()])
      assert.deepEqual(required(schema), ['a']);
    for (const schema of [
      z.string().optional(),
      z.string().default('x'),
      z.any(),
      z.unknown(),
      z.coerce.string(),
      z.string().catch('x'),
    ]) {
      assert.deepEqual(required(schema), []);
    }
  });

  it('says less where the engine could refuse more', () => {
    assert.deepEqual(json(z.string().trim().min(1)), { type: 'string', anyOf: [{ minLength: 1 }, {}] });
    assert.deepEqual(json(z.string().email()), { type: 'string', anyOf: [{ format: 'email' }, {}] });
    assert.deepEqual(json(z.string().regex(/x/i)), { type: 'string', $comment: 'checked by the step itself: /x/i' });
    assert.deepEqual(json(z.number().multipleOf(2)), { type: 'number', anyOf: [{ multipleOf: 2 }, {}] });
    assert.deepEqual(json(z.number().int().multipleOf(2)), { type: 'integer', multipleOf: 2 });
    assert.deepEqual(json(z.coerce.bigint()), { anyOf: [{ type: 'string' }, {}] });
    assert.deepEqual(json(z.string().ip()), { type: 'string' });
  });

  it('describes objects, records, tuples, unions and enums', () => {
    assert.equal(json(z.object({}).strict()).additionalProperties, false);
    assert.equal(json(z.object({}).passthrough()).additionalProperties, undefined);
    assert.deepEqual(json(z.object({}).catchall(z.number())).additionalProperties, { type: 'number' });
    assert.deepEqual(json(z.record(z.enum(['x']), z.number())), {
      type: 'object',
      properties: { x: { type: 'number' } },
      additionalProperties: false,
    });
    assert.deepEqual(json(z.tuple([z.string(), z.any()])), {
      type: 'array',
      prefixItems: [{ type: 'string' }, {}],
      minItems: 2,
      maxItems: 2,
    });
    assert.deepEqual(
      json(z.discriminatedUnion('t', [z.object({ t: z.literal('a') }), z.object({ t: z.literal('b') })])).anyOf,
      [
        { type: 'object', properties: { t: { const: 'a' } }, required: ['t'] },
        { type: 'object', properties: { t: { const: 'b' } }, required: ['t'] },
      ],
    );
    assert.deepEqual(json(z.nativeEnum(Level)), { enum: [0, 1, 'top'] });
    assert.deepEqual(json(z.array(z.string()).length(2)), {
      type: 'array',
      items: { type: 'string' },
      minItems: 2,
      maxItems: 2,
    });
  });

  it('keeps descriptions and steady defaults', () => {
    assert.deepEqual(json(z.number().default(3).describe('a number')), {
      type: 'number',
      default: 3,
      description: 'a number',
    });
    assert.deepEqual(json(z.string().default(() => String(Math.random()))), { type: 'string' });
  });

  it('names schemas that are inside themselves', () => {
    const Tree: z.ZodTypeAny = z.object({ kids: z.array(z.lazy(() => Tree)) });

    assert.deepEqual(json(Tree), {
      $ref: '#/$defs/schema1',
      $defs: {
        schema1: {
          type: 'object',
          properties: { kids: { type: 'array', items: { $ref: '#/$defs/schema1' } } },
          required: ['kids'],
        },
      },
    });
  });

  it('refuses what JSON cannot say, with its path', () => {
    for (const [schema, part] of [
      [z.object({ at: z.date() }), 'schema.body.at'],
      [z.array(z.bigint()), 'schema.body[]'],
      [z.object({ m: z.map(z.string(), z.string()) }).optional(), 'schema.body.m'],
    ] as const) {
      assert.throws(
        () => json(schema),
        (error) => error instanceof SchemaUnreadable && error.part === part && error.hint !== '',
      );
    }
    assert.deepEqual(json(z.union([z.string(), z.date()])), { type: 'string' });
  });
});
