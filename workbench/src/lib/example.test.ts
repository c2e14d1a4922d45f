import { describe, expect, it } from 'vitest';
import { exampleOf } from './example';

const object = (properties: object, required: string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});

describe('exampleOf', () => {
  it('has only the required fields unless all are asked for', () => {
    const schema = object({ a: { type: 'string' }, b: { type: 'integer' } }, ['a']);
    expect(exampleOf(schema)).toEqual({ a: 'text' });
    expect(exampleOf(schema, { withOptional: true })).toEqual({ a: 'text', b: 1 });
  });

  it('takes what the author names: constant, example, default, first choice', () => {
    const schema = object({
      a: { const: 7 },
      b: { type: 'string', examples: ['x', 'y'], default: 'z' },
      c: { type: 'integer', default: 3 },
      d: { enum: [null, 'red', 'blue'] },
    });
    expect(exampleOf(schema)).toEqual({ a: 7, b: 'x', c: 3, d: 'red' });
  });

  it.each([
    [{ type: 'integer', minimum: 5 }, 5],
    [{ type: 'integer', exclusiveMinimum: 5 }, 6],
    [{ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, 0.5],
    [{ type: 'number', maximum: -2 }, -2],
    [{ type: 'integer', minimum: 7, multipleOf: 5 }, 10],
    [{ type: ['null', 'boolean'] }, false],
    [{ type: 'null' }, null],
    [{ type: 'string', format: 'email' }, 'ada@example.com'],
    [{ type: 'string', minLength: 6 }, 'textxx'],
    [{ type: 'string', maxLength: 2 }, 'te'],
    [{ type: 'string', pattern: '^[^@\\s]+@[^@\\s]+$' }, 'ada@example.com'],
    [{ type: 'string', pattern: '(?<bad' }, 'text'],
    [{ anyOf: [{ type: 'null' }, { type: 'integer' }] }, 1],
  ])('%j gives %j', (schema, expected) => {
    expect(exampleOf(object({ it: schema }))).toEqual({ it: expected });
  });

  it('has one item in a list, or as many as must be', () => {
    expect(exampleOf({ type: 'array', items: { type: 'string' } })).toEqual(['text']);
    expect(exampleOf({ type: 'array', items: { type: 'integer' }, minItems: 2 })).toEqual([1, 1]);
    expect(exampleOf({ type: 'array', items: { type: 'integer' }, maxItems: 0 })).toEqual([]);
    expect(exampleOf({ type: 'array' })).toEqual([]);
  });

  it('follows references and ends where a thing contains itself', () => {
    const schema = {
      $ref: '#/$defs/node',
      $defs: {
        node: object({ name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } }),
      },
    };
    expect(exampleOf(schema)).toEqual({ name: 'text', children: [] });
  });

  it('merges allOf', () => {
    const schema = { allOf: [object({ a: { type: 'string' } }), object({ b: { type: 'boolean' } })] };
    expect(exampleOf(schema)).toEqual({ a: 'text', b: false });
  });

  it('is an empty object where anything goes', () => {
    expect(exampleOf(undefined)).toEqual({});
    expect(exampleOf(true)).toEqual({});
    expect(exampleOf({})).toEqual({});
  });

  it('fills required fields that no property describes', () => {
    expect(exampleOf({ type: 'object', required: ['x'] })).toEqual({ x: 'text' });
  });
});
