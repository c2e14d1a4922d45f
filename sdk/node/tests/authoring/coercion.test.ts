import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coerceFields, fieldNames } from '../../src/authoring/coercion.js';

const schema = {
  type: 'object',
  properties: {
    n: { type: 'integer' },
    x: { type: ['number', 'null'] },
    yes: { type: 'boolean' },
    text: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    list: { type: 'array', items: { $ref: '#/$defs/n' } },
    choice: { enum: [1, 2] },
  },
  $defs: { n: { type: 'number' } },
};

test('texts become what the schema names', () => {
  const fields = { n: '7', x: '1.5', yes: 'on', text: '5', list: ['1', '2'], other: '3' };

  assert.deepEqual(coerceFields(fields, schema), { n: 7, x: 1.5, yes: true, text: '5', list: [1, 2], other: '3' });
  assert.deepEqual(coerceFields({ list: '1' }, schema), { list: [1] });
});

test('what does not read as its type stays text', () => {
  assert.deepEqual(coerceFields({ n: '1.5', x: '0x1', yes: 'maybe' }, schema), { n: '1.5', x: '0x1', yes: 'maybe' });
});

test('a schema of anything changes nothing', () => {
  assert.deepEqual(coerceFields({ a: '1' }, true), { a: '1' });
  assert.deepEqual(coerceFields({ a: '1' }, { $ref: '#' }), { a: '1' });
});

test('the declared names are those of every alternative', () => {
  assert.deepEqual(fieldNames({ allOf: [{ properties: { a: {} } }, { properties: { b: {} } }] }), ['a', 'b']);
});
