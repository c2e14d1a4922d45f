import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type } from 'arktype';
import { type Ark, arkFindings, jsonOfArk } from '../../src/schemas/arktype.js';
import { problemsOf } from '../../src/schemas/problems.js';

const said = (schema: (value: unknown) => unknown, value: unknown, where = 'body') => {
  const errors = [...(schema(value) as Iterable<never>)];
  return problemsOf(errors.flatMap(arkFindings), value, where).map(
    ({ path, keyword, message }) => `${path} ${keyword}: ${message}`,
  );
};

describe('the JSON form of arktype', () => {
  it('is the input', () => {
    const form = jsonOfArk(type({ n: 'string.numeric.parse' }) as unknown as Ark);

    assert.equal((form.properties as { n: { type: string } }).n.type, 'string');
  });

  it('marks what JSON cannot say', () => {
    for (const one of ['Date', 'bigint', 'Map', 'symbol'] as const) {
      assert.match(
        JSON.stringify(jsonOfArk(type({ a: one } as never) as unknown as Ark)),
        /no JSON form: (?:date|bigint|map|symbol)/,
      );
    }
  });
});

describe('what arktype finds', () => {
  it('is said in the common words', () => {
    const schema = type({
      a: 'string>1',
      b: 'number.integer>=0',
      c: "'x'|'y'",
      d: 'string|number',
      e: '/^a/',
      f: 'number%2',
      g: 'string[]>=2',
      h: 'number<5',
      i: 'string',
      j: "'q'",
      k: 'string',
      '+': 'reject',
    });
    const found = said(schema, { a: '', b: 1.5, c: 1, d: true, e: 'b', f: 3, g: ['x'], h: 5, j: 1, k: 1, z: 1 });

    assert.deepEqual(found.sort(), [
      '/a minLength: must have at least 2 characters',
      '/b type: must be a whole number',
      '/c enum: must be one of "x", "y"',
      '/d type: must be a number or text',
      '/e pattern: must match the pattern ^a',
      '/f multipleOf: must be a multiple of 2',
      '/g minItems: must have at least 2 items',
      '/h exclusiveMaximum: must be less than 5',
      '/i required: is required',
      '/j const: must be "q"',
      '/k type: must be text',
      '/z additionalProperties: is not a known field',
    ]);
  });

  it('is said by expectation, never by value, where there are no common words', () => {
    const schema = type({ at: 'string.date.parse' });

    assert.deepEqual(said(schema, { at: 'secret' }, 'payload'), ['/at custom: must be a parsable date']);
  });
});
