import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  bothForms,
  documented,
  formatName,
  isOpen,
  Keywords,
  nullable,
  objectForm,
  oneOfForms,
  oneOfValues,
  tupleForm,
} from '../../src/schemas/forms.js';

describe('documented', () => {
  it('lets every value pass what it documents', () => {
    assert.deepEqual(documented({ type: 'string' }, { format: 'email', description: 'mail' }), {
      description: 'mail',
      type: 'string',
      anyOf: [{ format: 'email' }, {}],
    });
  });

  it('keeps alternatives that are asked for', () => {
    const form = documented({ anyOf: [{ type: 'string' }] }, { format: 'email' });

    assert.deepEqual(form, { anyOf: [{ type: 'string' }], allOf: [{ anyOf: [{ format: 'email' }, {}] }] });
  });
});

describe('nullable', () => {
  it('adds null where the form names what it allows', () => {
    assert.deepEqual(nullable({ type: 'string', minLength: 1 }), { type: ['string', 'null'], minLength: 1 });
    assert.deepEqual(nullable({ enum: ['a'] }), { enum: ['a', null] });
    assert.deepEqual(nullable({ const: 'a', title: 't' }), { title: 't', enum: ['a', null] });
    assert.deepEqual(nullable({ anyOf: [{ type: 'string' }] }), { anyOf: [{ type: 'string' }, { type: 'null' }] });
    assert.deepEqual(nullable({ $ref: '#/$defs/a' }), { anyOf: [{ $ref: '#/$defs/a' }, { type: 'null' }] });
    assert.deepEqual(nullable({ type: ['string', 'null'] }), { type: ['string', 'null'] });
  });

  it('leaves an open form open', () => {
    assert.deepEqual(nullable({ description: 'anything' }), { description: 'anything' });
    assert.equal(isOpen({ description: 'anything' }), true);
  });
});

describe('alternatives', () => {
  it('are named in one keyword where that says it all', () => {
    assert.deepEqual(oneOfForms([{ type: 'string' }, { type: 'number' }]), { type: ['string', 'number'] });
    assert.deepEqual(oneOfForms([{ const: 'a' }, { enum: ['b', 'a'] }]), { enum: ['a', 'b'] });
    assert.deepEqual(oneOfForms([{ type: 'string' }]), { type: 'string' });
    assert.deepEqual(oneOfForms([{ type: 'string', minLength: 1 }, {}]), {
      anyOf: [{ type: 'string', minLength: 1 }, {}],
    });
  });

  it('leave out values that JSON cannot say', () => {
    assert.deepEqual(oneOfValues(['a', undefined, 1n]), { const: 'a' });
    assert.deepEqual(oneOfValues(['a', 2]), { enum: ['a', 2] });
    assert.deepEqual(oneOfValues([undefined]), { not: {} });
  });
});

describe('objects and arrays', () => {
  const left = objectForm([['a', { type: 'string' }, false]]);

  it('name what must be there', () => {
    const form = objectForm(
      [
        ['a', {}, false],
        ['b', {}, true],
      ],
      false,
    );

    assert.deepEqual(form, {
      type: 'object',
      properties: { a: {}, b: {} },
      required: ['a'],
      additionalProperties: false,
    });
  });

  it('are joined where their fields differ, and both asked for where they do not', () => {
    const right = objectForm([['b', { type: 'number' }, true]]);

    assert.deepEqual(bothForms(left, right), {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'number' } },
      required: ['a'],
    });
    assert.deepEqual(bothForms(left, left), { allOf: [left, left] });
    assert.deepEqual(bothForms(left, {}), left);
  });

  it('end where their last place that must be there is', () => {
    assert.deepEqual(
      tupleForm(
        [
          [{ type: 'string' }, false],
          [{}, true],
        ],
        undefined,
      ),
      {
        type: 'array',
        prefixItems: [{ type: 'string' }, {}],
        minItems: 1,
        maxItems: 2,
      },
    );
    assert.deepEqual(tupleForm([], { type: 'number' }), { type: 'array', items: { type: 'number' } });
  });
});

describe('Keywords', () => {
  it('counts as JavaScript does: a length above one is not asked of text beyond U+FFFF', () => {
    const keywords = new Keywords({ type: 'string' });
    keywords.atLeast('minLength', 2);
    keywords.atLeast('minLength', 3);

    assert.deepEqual(keywords.form(), {
      type: 'string',
      if: { pattern: '[\\u{10000}-\\u{10FFFF}]' },
      else: { minLength: 3 },
    });
  });

  it('only documents what comes after a change of the value', () => {
    const keywords = new Keywords({ type: 'string' });
    keywords.atMost('maxLength', 9);
    keywords.changed();
    keywords.atLeast('minLength', 2);

    assert.deepEqual(keywords.form(), { type: 'string', maxLength: 9, anyOf: [{ minLength: 2 }, {}] });
  });

  it('only documents formats that refuse what libraries accept', () => {
    const form = (name: string) => {
      const keywords = new Keywords({});
      keywords.format(name);
      return keywords.form();
    };

    assert.deepEqual(form('uuid'), { format: 'uuid' });
    assert.deepEqual(form('cuid'), { format: 'cuid' });
    assert.deepEqual(form('datetime'), { anyOf: [{ format: 'date-time' }, {}] });
    assert.equal(formatName('url'), 'uri');
  });

  it('asks for whole multiples of whole numbers only', () => {
    const keywords = new Keywords({ type: 'integer' });
    keywords.multipleOf(-2, true);
    keywords.multipleOf(0.1, true);
    keywords.multipleOf(0, true);

    assert.deepEqual(keywords.form(), { type: 'integer', multipleOf: 2, anyOf: [{ multipleOf: 0.1 }, {}] });
  });

  it('says which expression the step checks itself', () => {
    const keywords = new Keywords({ type: 'string' });
    keywords.pattern(/a/i);
    keywords.startsWith('a.');
    keywords.endsWith('z');
    keywords.includes('m');

    assert.deepEqual(keywords.form(), {
      type: 'string',
      $comment: 'checked by the step itself: /a/i',
      pattern: '^a\\.',
      allOf: [{ pattern: 'z$' }, { pattern: 'm' }],
    });
  });
});
