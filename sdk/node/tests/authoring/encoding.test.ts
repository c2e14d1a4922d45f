import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeJson, lenientJson, shown } from '../../src/authoring/encoding.js';
import { PayloadTooLarge, ValueNotJson } from '../../src/authoring/errors.js';

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
const circular: Record<string, unknown> = { list: [] };
(circular.list as unknown[]).push(circular);

for (const [value, text] of [
  [undefined, 'null'],
  [null, 'null'],
  ['ü€😀', '"ü€😀"'],
  [-0, '0'],
  [1e21, '1e+21'],
  [{ a: undefined, b: [null] }, '{"b":[null]}'],
  [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  [{ at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
  [{ toJSON: () => ({ x: 1 }) }, '{"x":1}'],
  [new String('boxed'), '"boxed"'],
  [
    new (class Point {
      x = 1;
      #hidden = 2;
      sum() {
        return this.#hidden;
      }
    })(),
    '{"x":1}',
  ],
  [Object.create(null, { a: { value: 1, enumerable: true } }), '{"a":1}'],
  [JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
  [
    { at: new Date(0), inner: JSON.parse('{"__proto__":1}') },
    '{"at":"1970-01-01T00:00:00.000Z","inner":{"__proto__":1}}',
  ],
  ['a \\ud800 that is only text', '"a \\\\ud800 that is only text"'],
  [nested(64), JSON.stringify(nested(64))],
] as const) {
  test(`${text.slice(0, 60)} is written`, () => {
    assert.equal(encodeJson(value, 'it'), text);
  });
}

for (const [value, message] of [
  [{ a: [1n] }, 'a BigInt at /a/0'],
  [{ a: () => 1 }, 'the function a at /a'],
  [{ 'a/b': { '~': Symbol('s') } }, 'a symbol at /a~1b/~0'],
  [[1, undefined], 'undefined in an array at /1'],
  // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested
  [[1, , 2], 'undefined in an array at /1'],
  [{ n: Number.NaN }, 'the number NaN at /n'],
  [Number.NEGATIVE_INFINITY, 'the number -Infinity'],
  [{ m: new Map() }, 'a Map at /m'],
  [{ s: new Set() }, 'a Set at /s'],
  [{ p: Promise.resolve(1) }, 'a promise at /p'],
  [{ b: Buffer.from('x') }, 'bytes at /b'],
  [{ e: new Error('x') }, 'an Error at /e'],
  [{ d: new Date(Number.NaN) }, 'an invalid Date at /d'],
  [circular, 'a value that contains itself (it is circular) at /list/0'],
  [nested(65), 'a value nested deeper than 64 levels'],
  [{ a: ['x\ud800'] }, 'text with a lone surrogate at /a/0'],
  [{ '\udc00': 1 }, 'a key with a lone surrogate'],
] as const) {
  test(`${message} is refused`, () => {
    assert.throws(
      () => encodeJson(value, 'the payload'),
      (error) => error instanceof ValueNotJson && error.message.startsWith(`the payload is not JSON: ${message}`),
    );
  });
}

test('a value over the limit is refused, one of exactly the limit is not', () => {
  assert.equal(encodeJson('x'.repeat(98), 'it', 100).length, 100);
  assert.throws(() => encodeJson('x'.repeat(99), 'it', 100), PayloadTooLarge);
  assert.throws(() => encodeJson('ü'.repeat(50), 'it', 100), PayloadTooLarge);
});

test('a text of 100 MB is refused without being written', () => {
  const text = 'x'.repeat(100 * 1024 * 1024);
  const before = performance.now();

  assert.throws(() => encodeJson({ text }, 'the payload', 1_048_576), PayloadTooLarge);

  assert.ok(performance.now() - before < 50);
});

test('fields of log lines are written whatever they are', () => {
  const fields = JSON.parse(
    lenientJson({ ok: { n: 1 }, big: 10n, error: new TypeError('boom'), circular, gone: undefined }),
  );

  assert.deepEqual(fields.ok, { n: 1 });
  assert.equal(fields.big, '10n');
  assert.match(fields.error, /^TypeError: boom/);
  assert.match(fields.circular, /Circular/);
  assert.ok(!('gone' in fields));
  assert.equal(lenientJson('\ud800'), '"\ufffd"');
  assert.match(lenientJson(new Proxy({}, { ownKeys: () => assert.fail() })), /^"/);
});

test('a value in a message is short', () => {
  assert.ok(shown('x'.repeat(1_000)).length < 250);
  assert.equal(shown({ a: 1 }), '{ a: 1 }');
});
