import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportMissingTypes, type Module } from '../../src/loading/type-exports.js';

function modules(texts: Record<string, [text: string, ...exports: string[]]>): Module[] {
  return Object.entries(texts).map(([source, [text, ...exports]]) => ({ source, text, map: '{}', exports }));
}

function textsAfter(texts: Record<string, [text: string, ...exports: string[]]>): Record<string, string> {
  const all = modules(texts);
  exportMissingTypes(all, (source) => `file:///c/${source}.mjs`);
  return Object.fromEntries(all.map((one) => [one.source, one.text]));
}

test('a name that is taken and not there becomes an empty export', () => {
  const after = textsAfter({
    a: ['import x, { T as T2, there } from "file:///c/b.mjs";\n', 'T'],
    b: ['', 'there', 'default'],
  });

  assert.equal(after.b, 'var __motia_type_T; export { __motia_type_T as T };\n');
});

test('names that come through a star are there', () => {
  const after = textsAfter({
    a: ['import { deep, outside } from "file:///c/b.mjs";\n'],
    b: ['export * from "file:///c/c.mjs";\n'],
    c: ['export * from "file:///c/b.mjs";\nexport * from "zod";\n', 'deep'],
  });

  assert.equal(after.b, 'export * from "file:///c/c.mjs";\n');
});

test('imports of packages are left alone', () => {
  const after = textsAfter({ a: ['import {\n  z,\n  q\n} from "zod";\n'] });

  assert.equal(after.a, 'import {\n  z,\n  q\n} from "zod";\n');
});
