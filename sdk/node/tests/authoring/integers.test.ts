import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findInexact } from '../../src/authoring/integers.js';

for (const [text, path] of [
  ['{"a":9007199254740993}', '/a'],
  ['[1,-9007199254740993]', '/1'],
  ['9007199254740993', ''],
  ['{"p":{"x":[{"a/b~":1000000000000000000000000000001}]}}', '/p/x/0/a~1b~0'],
  ['{"a":[[],{}],"b":{"c":[0,1,90071992547409931]}}', '/b/c/2'],
  ['{"a":1e400}', '/a'],
  ['{"a": -1.5E+999}', '/a'],
  ['{"\\u0061\\"":\t9007199254740995}', '/a"'],
] as const) {
  test(`${text} has a number that cannot be held at ${path}`, () => {
    assert.equal(findInexact(text)?.path, path);
  });
}

for (const text of [
  '{"a":9007199254740992}',
  '{"a":9007199254740994}',
  '{"a":123456789012345680000}',
  '{"a":1.7976931348623157e308,"b":0.1234567890123456789,"c":1e-400}',
  '{"a":"9007199254740993","b":":9007199254740993, 1e999"}',
  '{"run":"1234567890123456","trace":"0123456789e99999"}',
]) {
  test(`${text} passes`, () => {
    assert.equal(findInexact(text), undefined);
  });
}
