import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { findEsbuild, loadEsbuild, loaderOf } from '../../src/loading/esbuild.js';
import { folder, project, sdkUrl, write } from './project.js';

function fake(root: string, at: string, version: string): void {
  write(root, {
    [`${at}/node_modules/esbuild/package.json`]: `{ "version": "${version}", "main": "lib/main.js" }`,
    [`${at}/node_modules/esbuild/lib/main.js`]: `exports.version = '${version}'`,
  });
}

test("the project's own comes before the library's", () => {
  const root = folder();
  fake(root, 'app', '0.30.0');
  fake(root, 'sdk', '0.40.0');
  const sdk = pathToFileURL(join(root, 'sdk/dist/index.mjs')).href;

  const found = findEsbuild(join(root, 'app'), sdk);

  assert.equal(found?.version, '0.30.0');
  assert.equal(found && loadEsbuild(found).version, '0.30.0');
});

test('one that is too old is passed over, one beside the installed library is found', () => {
  const root = folder();
  fake(root, 'app', '0.17.0');
  fake(root, 'app/node_modules/@motia/core', '0.31.0');

  assert.equal(findEsbuild(join(root, 'app'), sdkUrl)?.version, '0.31.0');
});

test('none is none', () => {
  assert.equal(findEsbuild(folder(), sdkUrl), undefined);
});

test('the real one is found through a link', () => {
  const root = project({});

  assert.equal(findEsbuild(root, sdkUrl)?.path, realpathSync(join(root, 'node_modules/esbuild/lib/main.js')));
});

test('endings have their loaders', () => {
  assert.deepEqual(['.ts', '.mts', '.tsx', '.mjs', '.jsx', '.json'].map(loaderOf), [
    'ts',
    'ts',
    'tsx',
    'js',
    'jsx',
    'json',
  ]);
});
