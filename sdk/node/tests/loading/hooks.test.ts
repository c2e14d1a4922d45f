import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type ModuleTable, resolveByTable, sdkSpecifiers } from '../../src/loading/hooks.js';
import { load, project } from './project.js';

const urls = { toPath: (url: string) => fileURLToPath(url), toUrl: (path: string) => pathToFileURL(path).href };
const table: ModuleTable = {
  sdk: sdkSpecifiers('file:///sdk/dist/index.mjs'),
  outputs: { '/p/a.ts': '/c/a.ts.mjs', '/p/lib/b.ts': '/c/lib/b.ts.mjs', '/p/lib/index.ts': '/c/lib/index.ts.mjs' },
  sources: { '/c/a.ts.mjs': '/p/a.ts', '/c/lib/b.ts.mjs': '/p/lib/b.ts', '/c/lib/index.ts.mjs': '/p/lib/index.ts' },
  links: { '/p/a.ts': { '@lib/b': '/p/lib/b.ts' } },
};
const ask = (specifier: string, parent = 'file:///c/a.ts.mjs') => resolveByTable(specifier, parent, table, urls);

test('the library is the one of the engine, whoever asks', () => {
  assert.equal(ask('@motia/core'), 'file:///sdk/dist/index.mjs');
  assert.equal(ask('@motia/core/testing', 'file:///p/node_modules/x/i.js'), 'file:///sdk/dist/testing.mjs');
});

test('a source is answered by its output, however it is written', () => {
  for (const written of ['./lib/b', './lib/b.ts', './lib/b.js', '/p/lib/b.ts', 'file:///p/lib/b.ts', '@lib/b']) {
    assert.equal(ask(written), 'file:///c/lib/b.ts.mjs', written);
  }
  assert.equal(ask('./lib'), 'file:///c/lib/index.ts.mjs');
  assert.equal(ask('./b', 'file:///p/lib/index.ts'), 'file:///c/lib/b.ts.mjs');
});

test('what the table does not know is left to Node', () => {
  for (const specifier of ['zod', 'node:fs', 'constructor', '#inside', '__proto__'])
    assert.equal(ask(specifier), undefined);
  assert.equal(ask('./other.js', 'file:///p/node_modules/x/i.js'), undefined);
});

test('a file that was not compiled is looked for beside the source', () => {
  assert.equal(ask('./data.txt'), 'file:///p/data.txt');
});

test('TypeScript that was not compiled is refused by name', () => {
  assert.throws(() => ask('./unknown.ts'), { code: 'MOTIA_UNCOMPILED', message: /'\.\/unknown\.ts' was not compiled/ });
});

test('the library is one instance for imports, requires and computed names', async () => {
  const root = project({
    'motia/steps/a.ts': "import { made, event } from '@motia/core'\nevent({ id: 'ts' })\nexport default made",
    'motia/steps/b.cjs': "module.exports = require('@motia/core').made",
    'motia/steps/c.ts': "const name = ['@motia', 'core'].join('/')\nexport default (await import(name)).made",
    'motia/steps/d.ts': "import core = require('@motia/core')\nexport default core.made",
  });

  const loaded = await load(
    root,
    ['a.ts', 'b.cjs', 'c.ts', 'd.ts'].map((name) => `motia/steps/${name}`),
  );

  assert.deepEqual(loaded.faults, []);
  assert.equal(new Set(loaded.modules.map((one) => one.namespace.default)).size, 1);
});
