import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type } from 'arktype';
import * as v from 'valibot';
import { SchemaUnreadable } from '../../src/schemas/contract.js';
import { isStandard, readStandard } from '../../src/schemas/standard.js';

const own = (json: unknown) => ({
  '~standard': {
    version: 1 as const,
    vendor: 'own',
    validate: (value: unknown) =>
      value === 1 ? { value: 'one' } : { issues: [{ message: 'must be one', path: ['a', { key: 'b' }] }] },
    ...(json !== undefined && { jsonSchema: { input: () => json } }),
  },
});

describe('a Standard Schema', () => {
  it('of any library is read by its JSON form', async () => {
    const read = readStandard(own({ $schema: 'x', type: 'integer', format: 'int32' }) as never, 'schema');

    assert.deepEqual(read.json, { type: 'integer', anyOf: [{ format: 'int32' }, {}] });
    assert.deepEqual(await read.check(1, 'body'), { ok: true, value: 'one' });
    assert.deepEqual(await read.check({ a: { b: 2 } }, 'body'), {
      ok: false,
      problems: [{ path: '/a/b', message: 'must be one', where: 'body', keyword: 'custom' }],
    });
  });

  it('without a JSON form is refused', () => {
    assert.throws(
      () => readStandard(own(undefined) as never, 'schema.body'),
      (error) => error instanceof SchemaUnreadable && /own, which does not say its JSON form/.test(error.message),
    );
  });

  it('whose converter fails is refused in its words', () => {
    const failing = own(undefined);
    Object.assign(failing['~standard'], {
      jsonSchema: {
        input() {
          throw new Error('no can do\nat all');
        },
      },
    });

    assert.throws(() => readStandard(failing as never, 'schema.body'), /own says no can do$/);
  });

  it('of arktype is known though it is a function, and gives what it makes of the value', () => {
    const schema = type({ n: 'string.numeric.parse' });

    assert.equal(isStandard(schema), true);
    assert.deepEqual(readStandard(schema as never, 'schema').check({ n: '5' }, 'body'), { ok: true, value: { n: 5 } });
  });

  it('of valibot may be asynchronous', async () => {
    const schema = v.pipeAsync(
      v.string(),
      v.checkAsync(async (text) => text === 'x', 'no x'),
    );

    const checked = readStandard(schema as never, 'schema').check('y', 'body');

    assert.ok(checked instanceof Promise);
    assert.deepEqual(await checked, {
      ok: false,
      problems: [{ path: '', message: 'no x', where: 'body', keyword: 'custom' }],
    });
  });

  it('of valibot and arktype names the part without a JSON form', () => {
    assert.throws(() => readStandard(v.object({ a: v.array(v.date()) }) as never, 'schema'), { part: 'schema.a[]' });
    assert.throws(() => readStandard(type({ a: { b: 'Date' } }) as never, 'schema'), { part: 'schema.a.b' });
    assert.deepEqual(isStandard({}), false);
  });
});
