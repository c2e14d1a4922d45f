import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scanImports, withoutModuleTypeAdvice } from '../../src/loading/native.js';
import { folder, load, loadApart, write } from './project.js';

function bare(files: Record<string, string>): string {
  const root = folder();
  write(root, files);
  return root;
}

test('JavaScript alone needs nothing installed, and finds the library by import and by require', async () => {
  const root = bare({
    'motia/steps/a.js': "import { event } from '@motia/core'\nexport default event({ id: 'a' }, () => 1)",
    'motia/steps/b.js': "const { event } = require('@motia/core')\nmodule.exports = event({ id: 'b' }, () => 2)",
    'motia/steps/c.cjs':
      "const core = require('@motia/core')\nexports.first = core.event({ id: 'c' })\nexports['se' + 'cond'] = core.event({ id: 'd' })",
    'motia/steps/d.mjs': "import { made } from '@motia/core'\nexport default made.map((one) => one.id)",
  });

  const loaded = await load(root, ['motia/steps/a.js', 'motia/steps/b.js', 'motia/steps/c.cjs', 'motia/steps/d.mjs']);

  assert.deepEqual(loaded.faults, []);
  const [a, b, c, d] = loaded.modules.map((one) => one.namespace as Record<string, { id: string }>);
  assert.deepEqual([a?.default?.id, b?.default?.id, c?.first?.id, c?.second?.id], ['a', 'b', 'c', 'd']);
  assert.deepEqual(d?.default, ['a', 'b', 'c', 'd'], 'one instance of the library for all');
  assert.equal(existsSync(join(root, '.motia')), false);
});

test('nothing is said about a package.json that is missing or has no type', async () => {
  for (const more of [{}, { 'package.json': '{}' }]) {
    const root = bare({
      'motia/steps/a.js': "import './b.js'\nexport default 1",
      'motia/steps/b.js': 'export {}',
      ...more,
    });

    const { modules, stderr } = await loadApart(root, ['motia/steps/a.js']);

    assert.deepEqual([modules['motia/steps/a.js'], stderr], [1, '']);
  }
});

test('the files that a file imports are known, directly or not, of both kinds', async () => {
  const root = bare({
    'motia/steps/a.js': "import { b } from '../lib/b.js'\nexport default () => [b, import('./late.mjs')]",
    'motia/lib/b.js': "export { c as b } from './c.cjs'",
    'motia/lib/c.cjs': "exports.c = require('./data').n + require('./folder').n",
    'motia/lib/data.json': '{ "n": 1 }',
    'motia/lib/folder/index.js': 'exports.n = 1',
    'motia/steps/late.mjs': 'export default 1',
    'motia/steps/alone.cjs': 'exports.x = 1',
    'package.json': '{}',
  });

  const loaded = await load(root, ['motia/steps/a.js', 'motia/steps/alone.cjs']);

  const imported = [
    'motia/lib/b.js',
    'motia/lib/c.cjs',
    'motia/lib/data.json',
    'motia/lib/folder/index.js',
    'motia/steps/late.mjs',
  ];
  assert.deepEqual(loaded.faults, []);
  assert.deepEqual(loaded.fileModules, { 'motia/steps/a.js': imported, 'motia/steps/alone.cjs': [] });
  assert.deepEqual(loaded.read, [...imported, 'motia/steps/a.js', 'motia/steps/alone.cjs', 'package.json'].sort());
});

test('a computed require is heard from Node', async () => {
  const root = bare({
    'motia/steps/a.cjs': "module.exports = require(['./he', 'lper.cjs'].join(''))",
    'motia/steps/helper.cjs': 'module.exports = 4',
  });

  const loaded = await load(root, ['motia/steps/a.cjs']);

  assert.equal(loaded.modules[0]?.namespace.default, 4);
  assert.deepEqual(loaded.fileModules['motia/steps/a.cjs'], ['motia/steps/helper.cjs']);
});

test('JavaScript that imports TypeScript says what is missing when it cannot be compiled', async () => {
  const root = bare({
    'motia/steps/a.js': "import { b } from './b'\nexport default b",
    'motia/steps/b.ts': 'export const b = 1',
  });

  const loaded = await load(root, ['motia/steps/a.js']);

  assert.ok(loaded.faults.some((fault) => fault.code === 'compiler-missing' && /esbuild/.test(fault.hint ?? '')));
});

test('a circle of imports is read once', () => {
  const root = bare({
    'a.js': "import './b.js'",
    'b.js': "import './a.js'; import './node_modules/x/i.js'",
    'node_modules/x/i.js': '',
  });

  assert.deepEqual(scanImports(root, ['a.js']), {
    graph: { 'a.js': ['b.js'], 'b.js': ['a.js'] },
    typescript: undefined,
  });
});

test('other warnings are still given', () => {
  const seen: unknown[] = [];
  const emit = process.emitWarning;
  process.emitWarning = ((warning: string) => seen.push(warning)) as typeof process.emitWarning;
  const restore = withoutModuleTypeAdvice();
  process.emitWarning('first', { code: 'MODULE_TYPELESS_PACKAGE_JSON' });
  process.emitWarning('second', 'Warning', 'MODULE_TYPELESS_PACKAGE_JSON');
  process.emitWarning('third', { code: 'OTHER' });
  restore();
  process.emitWarning = emit;

  assert.deepEqual(seen, ['third']);
});
