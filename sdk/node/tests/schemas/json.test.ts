import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Checked } from '../../src/schemas/contract.js';
import { SchemaUnreadable } from '../../src/schemas/contract.js';
import { readJson } from '../../src/schemas/json.js';

const check = (schema: unknown, value: unknown) => readJson(schema, 'schema').check(value, 'body') as Checked;
const said = (schema: unknown, value: unknown) => {
  const checked = check(schema, value);
  return checked.ok ? [] : checked.problems.map(({ path, message }) => `${path} ${message}`);
};
const value = (schema: unknown, given: unknown) => {
  const checked = check(schema, given);
  return checked.ok ? checked.value : assert.fail(JSON.stringify(checked));
};

describe('defaults of a JSON Schema', () => {
  it('are put in, nested, in items and behind references', () => {
    const schema = {
      type: 'object',
      properties: {
        a: { default: 'x' },
        list: { type: 'array', items: { $ref: '#/$defs/item' } },
        deep: { properties: { b: { default: [] } } },
      },
      $defs: { item: { type: 'object', properties: { n: { default: 1 }, inner: { $ref: '#/$defs/item' } } } },
    };
    const given = { list: [{}, { n: 2, inner: {} }], deep: {} };

    assert.deepEqual(value(schema, given), { list: [{ n: 1 }, { n: 2, inner: { n: 1 } }], deep: { b: [] }, a: 'x' });
    assert.deepEqual(given, { list: [{}, { n: 2, inner: {} }], deep: {} });
  });

  it('are not shared between values', () => {
    const read = readJson({ properties: { list: { default: [] } } }, 'schema');
    const first = read.check({}, 'body') as { value: { list: number[] } };
    first.value.list.push(1);

    assert.deepEqual(read.check({}, 'body'), { ok: true, value: { list: [] } });
  });
});

describe('the light check of a JSON Schema', () => {
  it('sees types, missing and unknown fields, options and bounds', () => {
    const schema = {
      type: 'object',
      properties: {
        a: { type: 'string', minLength: 2 },
        b: { enum: ['x', 'y'] },
        c: { type: 'array', items: { type: 'integer' } },
        d: { const: { e: [1] } },
      },
      required: ['a', 'z'],
      additionalProperties: false,
    };

    assert.deepEqual(said(schema, { a: 'x', b: 'q', c: [1.5], d: { e: [1] }, f: 1 }), [
      '/z is required',
      '/a must have at least 2 characters',
      '/b must be one of "x", "y"',
      '/c/0 must be a whole number',
      '/f is not a known field',
    ]);
  });

  it('sees that no alternative fits, and follows references into themselves', () => {
    const schema = {
      $ref: '#/$defs/t',
      $defs: {
        t: {
          properties: { kids: { items: { $ref: '#/$defs/t' } }, v: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
        },
      },
    };

    assert.deepEqual(said(schema, { v: null, kids: [{ v: 'x' }, { v: 1 }] }), [
      '/kids/1/v fits none of the allowed forms',
    ]);
  });

  it('is never stricter than the schema', () => {
    assert.deepEqual(said({ not: { type: 'string' } }, 'x'), []);
    assert.deepEqual(said({ minLength: 2, properties: { a: { type: 'string' } } }, 5), []);
    assert.deepEqual(said({ patternProperties: { '^x': {} }, additionalProperties: false }, { x1: 1 }), []);
    assert.deepEqual(said({ type: 'number' }, 1), []);
    assert.deepEqual(said({ minLength: 2 }, '😀'), [' must have at least 2 characters']);
  });

  it('knows true and false', () => {
    assert.deepEqual(said(true, 1), []);
    assert.deepEqual(said(false, 1), [' is not allowed here']);
    assert.deepEqual(said({ properties: { a: false } }, { a: 1 }), ['/a is not allowed here']);
  });
});

describe('what is no JSON Schema', () => {
  const cases: readonly [unknown, RegExp, RegExp][] = [
    [{ name: 'string' }, /has the key|the key "name"/, /properties: \{ name/],
    [{ name: { _def: {} } }, /the key "name"/, /z\.object/],
    [{ type: 'strng' }, /says type "strng"/, /one of array/],
    [{ properties: { a: { type: 'text' } } }, /schema\.a says type "text"/, /string/],
    [{ items: { $ref: 'https://example.org/a.json' } }, /outside the schema/, /\$defs/],
    [{ type: 'object', default: () => 1 }, /schema\.default is not JSON/, /JSON values/],
    [new Date(), /object of a class/, /zod schema/],
    [[], /an array/, /zod schema/],
  ];
  for (const [schema, message, hint] of cases) {
    it(`is refused: ${JSON.stringify(schema)}`, () => {
      assert.throws(
        () => readJson(schema, 'schema'),
        (error) => error instanceof SchemaUnreadable && message.test(error.message) && hint.test(error.hint),
      );
    });
  }
});
