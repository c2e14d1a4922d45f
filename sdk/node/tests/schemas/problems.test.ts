import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formAt, isOfType, pointer, problemsOf, typeOf } from '../../src/schemas/problems.js';

describe('problemsOf', () => {
  it('says that a field is missing, whatever the library calls it', () => {
    const found = problemsOf([{ path: ['a', 'b'], keyword: 'enum', expected: ['x'] }], { a: {} }, 'body');

    assert.deepEqual(found, [{ path: '/a/b', message: 'is required', where: 'body', keyword: 'required' }]);
  });

  it('never shows the value, wherever it came', () => {
    const finding = { path: ['a'], keyword: 'type', expected: ['string', 'null'] };

    for (const where of ['body', 'payload'])
      assert.equal(problemsOf([finding], { a: 5 }, where)[0]?.message, 'must be text or null');
  });

  it("takes the author's words before its own", () => {
    const found = problemsOf([{ path: [], keyword: 'minLength', expected: 3, text: 'too short!' }], 'a', 'body');

    assert.deepEqual(found, [{ path: '', message: 'too short!', where: 'body', keyword: 'minLength' }]);
  });

  it('takes types from the JSON form, which the engine speaks from', () => {
    const json = { properties: { a: { type: ['string', 'null'] } } };

    const [problem] = problemsOf([{ path: ['a'], keyword: 'type', expected: 'string' }], { a: 5 }, 'body', json);

    assert.equal(problem?.message, 'must be text or null');
  });

  it('cuts long words and long lists', () => {
    const expected = '😀'.repeat(1000);
    const findings = Array.from({ length: 500 }, () => ({ path: [], keyword: 'pattern', expected }));

    const found = problemsOf(findings, 'x', 'body');

    assert.equal(found.length, 100);
    assert.equal([...(found[0]?.message ?? '')].length, 301);
  });

  it('shows what was expected with its names in order, and what JSON cannot say', () => {
    const message = (expected: unknown) =>
      problemsOf([{ path: [], keyword: 'const', expected }], 1, 'body')[0]?.message;

    assert.equal(message({ b: [1, null], a: 'é' }), 'must be {"a":"é","b":[1,null]}');
    assert.equal(message(5n), 'must be 5');
  });

  it('leaves out "one of" when there is only one', () => {
    const message = (expected: unknown[]) =>
      problemsOf([{ path: [], keyword: 'enum', expected }], 1, 'body')[0]?.message;

    assert.deepEqual([message(['a']), message(['a', 'b'])], ['must be "a"', 'must be one of "a", "b"']);
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
