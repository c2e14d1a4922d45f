import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileNotLoaded, loadOne } from '../../src/loading/one.js';
import { project, sdkUrl } from './project.js';

test('a file is loaded for its exports', async () => {
  const root = project({
    'motia.config.ts':
      "import { port } from './ports'\nexport default { development: { port } }\nexport const extra = 1",
    'ports.ts': 'export const port: number = 3',
  });

  assert.deepEqual(
    { ...(await loadOne(root, 'motia.config.ts', sdkUrl)) },
    { default: { development: { port: 3 } }, extra: 1 },
  );
});

test('one that fails says why', async () => {
  const root = project({ 'motia.config.js': "\nthrow new Error('no')" });

  await assert.rejects(loadOne(root, 'motia.config.js', sdkUrl), (error: FileNotLoaded) => {
    assert.ok(error instanceof FileNotLoaded);
    assert.deepEqual(
      [error.fault.file, error.fault.line, error.message],
      ['motia.config.js', 2, 'motia.config.js:2: Error: no'],
    );
    return true;
  });
});
