import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formAt, isOfType, pointer, problemsOf, typeOf } from '../../src/schemas/problems.js';

describe('problemsOf', () => {
  it('says that a field is missing, whatever the library calls it', () => {
    const found = problemsOf([{ path: ['a', 'b'], keyword: 'enum', expected: ['x'] }], { a: {} }, 'body');

    assert.deepEqual(found, [{ path: '/a/b', message: 'is required', where: 'body', keyword: 'required' }]);
  });

  it('shows values to who sent them, and never of payloads', () => {
    const finding = { path: ['a'], keyword: 'type', expected: ['string', 'null'] };

    assert.equal(problemsOf([finding], { a: 5 }, 'body')[0]?.message, '5 is not of types "null", "string"');
    assert.equal(problemsOf([finding], { a: 5 }, 'payload')[0]?.message, 'must be text or null');
  });

  it("takes the author's words before its own", () => {
    const found = problemsOf([{ path: [], keyword: 'minLength', expected: 3, text: 'too short!' }], 'a', 'body');

    assert.deepEqual(found, [{ path: '', message: 'too short!', where: 'body', keyword: 'minLength' }]);
  });

  it('takes types from the JSON form, which the engine speaks from', () => {
    const json = { properties: { a: { type: ['string', 'null'] } } };

    const [problem] = problemsOf([{ path: ['a'], keyword: 'type', expected: 'string' }], { a: 5 }, 'body', json);

    assert.equal(problem?.message, '5 is not of types "null", "string"');
  });

  it('cuts long values and long lists', () => {
    const findings = Array.from({ length: 500 }, () => ({ path: [], keyword: 'type', expected: 'number' }));

    const found = problemsOf(findings, '😀'.repeat(1000), 'body');

    assert.equal(found.length, 100);
    assert.equal([...(found[0]?.message ?? '')].length, 301);
  });

  it('shows objects with their names in order, and what JSON cannot say', () => {
    const message = (value: unknown) =>
      problemsOf([{ path: [], keyword: 'type', expected: 'string' }], value, 'body')[0]?.message;

    assert.equal(message({ b: [1, null], a: 'é' }), '{"a":"é","b":[1,null]} is not of type "string"');
    assert.equal(message(5n), '5 is not of type "string"');
  });
});

describe('places and types', () => {
  it('are found through references, fields and items', () => {
    const json = {
      $ref: '#/$defs/a',
      $defs: { a: { properties: { b: { items: { type: 'string' } } }, additionalProperties: { type: 'null' } } },
    };

    assert.deepEqual(formAt(json, ['b', 3]), { type: 'string' });
    assert.deepEqual(formAt(json, ['c']), { type: 'null' });
    assert.equal(formAt(json, ['b', 3, 'x', 'y']), undefined);
  });

  it('are written as pointers', () => assert.equal(pointer(['a/b', 'c~d', 0]), '/a~1b/c~0d/0'));

  it('know whole numbers', () => {
    assert.equal(typeOf(1), 'integer');
    assert.equal(isOfType(1, 'number'), true);
    assert.equal(isOfType(1.5, 'integer'), false);
    assert.equal(isOfType([], 'object'), false);
  });
});
