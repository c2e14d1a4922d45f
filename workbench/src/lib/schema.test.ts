import { describe, expect, it } from 'vitest';
import { formFields, schemaRows } from './schema';

describe('schemaRows', () => {
  it('names fields, types, rules and what is required', () => {
    const rows = schemaRows({
      type: 'object',
      properties: {
        userId: { type: 'string', description: 'Who orders' },
        items: {
          type: 'array',
          items: {
            type: 'object',
            properties: { product: { type: 'string' }, quantity: { type: 'integer', minimum: 1, default: 1 } },
            required: ['product'],
          },
        },
      },
      required: ['userId', 'items'],
    });
    expect(rows.map((row) => [row.path, row.type, row.isRequired, row.depth])).toEqual([
      ['userId', 'string', true, 0],
      ['items', 'array of object', true, 0],
      ['items[].product', 'string', true, 1],
      ['items[].quantity', 'integer', false, 1],
    ]);
    expect(rows[0]?.description).toBe('Who orders');
    expect(rows[3]?.rules).toEqual(['at least 1', 'default 1']);
  });

  it('shows a plain value as one row', () => {
    expect(schemaRows({ type: 'string', format: 'email' })).toEqual([
      {
        path: '',
        name: '(the value)',
        depth: 0,
        type: 'string',
        isRequired: true,
        rules: ['format email'],
        description: '',
      },
    ]);
    expect(schemaRows(true)[0]?.type).toBe('anything');
    expect(schemaRows(false)[0]?.type).toBe('nothing');
    expect(schemaRows(null)).toEqual([]);
  });

  it('names variants: plain ones in the type, objects as rows', () => {
    const rows = schemaRows({
      type: 'object',
      properties: {
        a: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        b: { oneOf: [{ type: 'object', properties: { x: { type: 'string' } } }, { type: 'integer' }] },
      },
    });
    expect(rows.map((row) => `${row.name}: ${row.type}`)).toEqual([
      'a: string or null',
      'b: object or integer',
      'variant 1: object',
      'x: string',
      'variant 2: integer',
    ]);
  });

  it('ends where a schema contains itself', () => {
    const rows = schemaRows({
      $ref: '#/$defs/tree',
      $defs: { tree: { type: 'object', properties: { left: { $ref: '#/$defs/tree' }, size: { type: 'integer' } } } },
    });
    expect(rows.map((row) => row.path)).toEqual(['left', 'size']);
  });

  it('is bounded', () => {
    const properties = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`p${at}`, { type: 'string' }]));
    expect(schemaRows({ type: 'object', properties })).toHaveLength(400);
  });
});

describe('formFields', () => {
  it('is a form for a flat object', () => {
    const fields = formFields({
      type: 'object',
      properties: { name: { type: 'string' }, size: { enum: ['s', 'm'] }, many: { type: 'integer', minimum: 1 } },
      required: ['name'],
    });
    expect(fields?.map((field) => [field.name, field.type, field.isRequired, field.choices])).toEqual([
      ['name', 'string', true, undefined],
      ['size', 'string', false, ['s', 'm']],
      ['many', 'integer', false, undefined],
    ]);
    expect(fields?.[2]?.hint).toBe('at least 1');
  });

  it('is none for nested values, variants, or no fields', () => {
    expect(formFields({ type: 'object', properties: { a: { type: 'array' } } })).toBeUndefined();
    expect(formFields({ type: 'object', properties: { a: { type: ['string', 'null'] } } })).toBeUndefined();
    expect(formFields({ anyOf: [] })).toBeUndefined();
    expect(formFields(undefined)).toBeUndefined();
  });
});
