import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relativeTo } from '../../src/loading/paths.js';

test('paths are relative to the root, with slashes', () => {
  assert.equal(relativeTo('/a/b', '/a/b/c/d.ts'), 'c/d.ts');
  assert.equal(relativeTo('/a/b', '/a/x.ts'), '../x.ts');
});
