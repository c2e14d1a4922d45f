import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSyntaxError } from '../../src/loading/syntax.js';
import { folder, write } from './project.js';

test('the first file that cannot be read is found, ESM and CommonJS by their text', () => {
  const root = folder();
  write(root, {
    'good.js': 'export const a = await 1',
    'old.js': "require('fs')\nreturn",
    'data.json': '{',
    'bad.js': "import 'fs'\n\n  foo bar\n",
  });

  const found = findSyntaxError(root, ['gone.js', 'data.json', 'good.js', 'old.js', 'bad.js']);

  assert.deepEqual(found, {
    file: 'bad.js',
    line: 3,
    column: 6,
    message: "Unexpected identifier 'bar'",
    text: '  foo bar',
  });
});

test('files that can be read are no finding', () => {
  const root = folder();
  write(root, { 'a.cjs': 'exports.a = 1' });

  assert.equal(findSyntaxError(root, ['a.cjs']), undefined);
});
