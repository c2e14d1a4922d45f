import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isJson, isPlainObject, SchemaUnreadable } from '../../src/schemas/contract.js';

describe('isJson', () => {
  it('knows what JSON can say', () => {
    for (const value of [null, true, 1.5, 'x', [], [1, { a: null }], {}]) assert.equal(isJson(value), true);
    for (const value of [undefined, Number.NaN, 1n, new Date(), new Map(), [undefined], { a: () => 1 }])
      assert.equal(isJson(value), false);
  });

  it('ends in a circle', () => {
    const circle: unknown[] = [];
    circle.push(circle);

    assert.equal(isJson(circle), false);
  });
});

describe('isPlainObject', () => {
  it('knows objects of literals', () => {
    assert.equal(isPlainObject({}), true);
    assert.equal(isPlainObject(Object.create(null)), true);
    assert.equal(isPlainObject(new Date()), false);
    assert.equal(isPlainObject([]), false);
  });
});

describe('SchemaUnreadable', () => {
  it('names the part and what to write', () => {
    const error = new SchemaUnreadable('schema.body.at', 'is a Date', 'use text');

    assert.deepEqual(
      [error.name, error.message, error.part, error.hint],
      ['SchemaUnreadable', 'schema.body.at is a Date', 'schema.body.at', 'use text'],
    );
  });
});
