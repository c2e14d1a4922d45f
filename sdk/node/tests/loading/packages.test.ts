import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closestBuiltin, hintOfPackage, installCommand, packageOf } from '../../src/loading/packages.js';
import { folder, write } from './project.js';

test('the command is that of the lock file', () => {
  const root = folder();
  const found = ['package-lock.json', 'bun.lock', 'yarn.lock', 'pnpm-lock.yaml'].map((lock) => {
    write(root, { [lock]: '' });
    return installCommand(root);
  });

  assert.deepEqual(found, ['npm install', 'bun add', 'yarn add', 'pnpm add']);
});

test('the package of a specifier is its first part, or two with a scope', () => {
  assert.deepEqual(['zod', 'zod/v4', '@acme/things', '@acme/things/deep/x'].map(packageOf), [
    'zod',
    'zod',
    '@acme/things',
    '@acme/things',
  ]);
});

test('only what is near is proposed', () => {
  assert.equal(closestBuiltin('node:pth'), "is it 'node:path'?");
  assert.equal(closestBuiltin('node:nothing-like-it'), 'look whether its name is spelled right');
  assert.equal(hintOfPackage('stripe', folder()), 'npm install stripe');
});
