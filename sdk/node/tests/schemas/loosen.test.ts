import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SchemaUnreadable } from '../../src/schemas/contract.js';
import { loosened, withoutJson } from '../../src/schemas/loosen.js';

const loosen = (form: object) => loosened(form, 'schema', { hasWholePatterns: true });

describe('loosened', () => {
  it('documents what libraries and engine read differently', () => {
    assert.deepEqual(loosen({ type: 'string', format: 'email' }), { type: 'string', anyOf: [{ format: 'email' }, {}] });
    assert.deepEqual(loosen({ type: 'number', multipleOf: 0.1 }), { type: 'number', anyOf: [{ multipleOf: 0.1 }, {}] });
    assert.deepEqual(loosen({ pattern: '^(?=a)' }), { $comment: 'checked by the step itself: ^(?=a)' });
    assert.deepEqual(loosen({ pattern: '^a' }), { pattern: '^a' });
    assert.deepEqual(loosened({ pattern: '^a' }, 'schema', { hasWholePatterns: false }), {
      anyOf: [{ pattern: '^a' }, {}],
    });
    assert.deepEqual(loosen({ minLength: 1 }), { minLength: 1 });
    assert.deepEqual(loosen({ minLength: 2 }), { if: { pattern: '[\\u{10000}-\\u{10FFFF}]' }, else: { minLength: 2 } });
    assert.deepEqual(loosen({ oneOf: [{ type: 'string' }, true] }), { anyOf: [{ type: 'string' }, true] });
    assert.deepEqual(loosen({ not: { const: 1 } }), { not: { const: 1 } });
    assert.deepEqual(loosen({ not: { format: 'email' } }), { anyOf: [{ not: { format: 'email' } }, {}] });
    assert.deepEqual(loosen({ type: 'string', enum: ['a'] }), { enum: ['a'] });
  });

  it('goes into every part', () => {
    const inner = { format: 'email' };
    const loose = { anyOf: [inner, {}] };

    assert.deepEqual(
      loosen({
        properties: { a: inner },
        $defs: { b: inner },
        items: inner,
        prefixItems: [inner],
        additionalProperties: inner,
        propertyNames: inner,
      }),
      {
        properties: { a: loose },
        $defs: { b: loose },
        items: loose,
        prefixItems: [loose],
        additionalProperties: loose,
        propertyNames: loose,
      },
    );
  });

  it('opens objects that are one of two', () => {
    const strict = { type: 'object', properties: { a: {} }, required: ['a'], additionalProperties: false };
    const { additionalProperties: _, ...open } = strict;

    assert.deepEqual(loosen({ allOf: [strict] }), { allOf: [open] });
    assert.deepEqual(loosen(strict), strict);
  });

  it('takes arrays for objects without required fields, as valibot and arktype do', () => {
    assert.deepEqual(loosen({ type: 'object' }), { type: ['object', 'array'] });
  });

  it('names the part that has no JSON form, unless it is one of several', () => {
    assert.throws(
      () => loosen({ properties: { a: { items: withoutJson('date') } } }),
      (error) => error instanceof SchemaUnreadable && error.part === 'schema.a[]' && /transform/.test(error.hint),
    );
    assert.deepEqual(loosen({ anyOf: [{ type: 'string' }, withoutJson('date')] }), {
      anyOf: [{ type: 'string' }, { not: {} }],
    });
  });
});
