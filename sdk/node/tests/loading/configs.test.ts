import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { configsOf, readJsonWithComments } from '../../src/loading/configs.js';
import { folder, write } from './project.js';

test('all configuration that counts for a source is found', () => {
  const root = folder();
  write(root, {
    'tsconfig.json': '{ "extends": ["./one", "@tsconfig/node20/tsconfig.json", "./gone"] }',
    'one.json': '{ "extends": "./tsconfig.json", "compilerOptions": { "emitDecoratorMetadata": true } }',
    'node_modules/@tsconfig/node20/package.json': '{}',
    'node_modules/@tsconfig/node20/tsconfig.json': '{}',
    'motia/steps/tsconfig.json': 'not JSON',
    'package.json': '{}',
  });

  const { files, emitsMetadata } = configsOf([join(root, 'motia/steps/a.ts')]);

  const names = [
    'package.json',
    'tsconfig.json',
    'one.json',
    'node_modules/@tsconfig/node20/tsconfig.json',
    'motia/steps/tsconfig.json',
  ];
  assert.deepEqual(
    files.filter((file) => file.startsWith(root)),
    names.map((name) => join(root, name)),
  );
  assert.deepEqual(emitsMetadata, [join(root, 'one.json')]);
});

test('comments and trailing commas are no hindrance, and text that looks like them is kept', () => {
  const root = folder();
  write(root, { 'a.json': '\uFEFF{ // one\n "a": "x // y, }", /* two\n */ "b": [1, 2,], }', 'b.json': '{' });

  assert.deepEqual(readJsonWithComments(join(root, 'a.json')), { a: 'x // y, }', b: [1, 2] });
  assert.equal(readJsonWithComments(join(root, 'b.json')), undefined);
  assert.equal(readJsonWithComments(join(root, 'gone.json')), undefined);
});
