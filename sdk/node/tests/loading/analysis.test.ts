import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as esbuild from 'esbuild';
import { analyse } from '../../src/loading/analysis.js';
import { folder, load, project, write } from './project.js';

after(() => esbuild.stop());

const A = 'motia/steps/a.ts';

function read(files: Record<string, string>, steps = [A]) {
  return analyse(esbuild, { root: project(files), files: steps, sdk: {} });
}

test('sources, kinds, imports and meanings are read', async () => {
  const { sources, commonJs, graph, links } = await read({
    [A]: "import { b } from '@/b'\nimport './side'\nimport type { T } from './types'\nimport 'zod'\nexport default [b, import('./old.cjs')]",
    'motia/steps/side.ts': 'console.log',
    'motia/steps/types.ts': 'export type T = 1',
    'motia/steps/old.cjs': "exports.n = require('./data.json')",
    'motia/steps/data.json': '{}',
    'motia/b.ts': 'export const b = 1',
    'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./motia/*"] } } }',
  });

  assert.deepEqual(sources, ['motia/b.ts', A, 'motia/steps/data.json', 'motia/steps/old.cjs', 'motia/steps/side.ts']);
  assert.deepEqual([...commonJs], ['motia/steps/old.cjs']);
  assert.deepEqual(graph[A], ['motia/b.ts', 'motia/steps/old.cjs', 'motia/steps/side.ts']);
  assert.deepEqual(links[A], {
    '@/b': 'motia/b.ts',
    './side': 'motia/steps/side.ts',
    './old.cjs': 'motia/steps/old.cjs',
  });
});

test('everything that is wrong is found, one thing behind another', async () => {
  const { broken, missing, graph } = await read({
    [A]: "import './b'\nimport './gone'\nimport { no } from './d'\nconsole.log(no)",
    'motia/steps/b.ts': "import './c'",
    'motia/steps/c.ts': 'let x =',
    'motia/steps/d.ts': 'export const yes = 1',
  });

  assert.deepEqual([...broken.keys()].sort(), [A, 'motia/steps/c.ts']);
  assert.deepEqual([...missing.keys()], [`${A}\0./gone`]);
  assert.deepEqual(graph[A], ['motia/steps/b.ts', 'motia/steps/d.ts'], 'mending one of them may mend it');
  assert.deepEqual(graph['motia/steps/b.ts'], ['motia/steps/c.ts']);
});

test('a folder that is imported by computed names may hold files that are no code', async () => {
  const { sources, graph, broken, warnings } = await read({
    [A]: 'export default (name: string) => import(`./plugins/${name}`)',
    'motia/steps/plugins/one.ts': 'export default 1',
    'motia/steps/plugins/deep/two.ts': 'export default 2',
    'motia/steps/plugins/readme.md': '# text',
  });

  assert.deepEqual([broken.size, warnings.length], [0, 0]);
  assert.deepEqual(sources, [A, 'motia/steps/plugins/deep/two.ts', 'motia/steps/plugins/one.ts']);
  assert.deepEqual(graph[A], ['motia/steps/plugins/deep/two.ts', 'motia/steps/plugins/one.ts']);
});

test('TypeScript packages of the same workspace belong to the project', async () => {
  const workspace = folder();
  write(workspace, {
    'packages/shared/package.json': '{ "name": "@acme/shared", "main": "./src/index.ts" }',
    'packages/shared/src/index.ts': "export { two } from './two'\nexport enum Kind { A = 7 }",
    'packages/shared/src/two.ts': 'export const two = 2',
    'apps/api/motia/steps/a.ts': "import { Kind, two } from '@acme/shared'\nexport default [Kind.A, two]",
  });
  const root = join(workspace, 'apps/api');
  mkdirSync(join(workspace, 'node_modules/@acme'), { recursive: true });
  symlinkSync('../../packages/shared', join(workspace, 'node_modules/@acme/shared'));
  symlinkSync(join(process.cwd(), 'node_modules/esbuild'), join(workspace, 'node_modules/esbuild'));

  const loaded = await load(root, [A]);

  assert.deepEqual(loaded.faults, []);
  assert.deepEqual(loaded.modules[0]?.namespace.default, [7, 2]);
  assert.ok(loaded.fileModules[A]?.includes('../../packages/shared/src/two.ts'));
});

test('a project behind a link, and a step that is a link, are read as what they are', async () => {
  const root = project({
    'motia/lib/real.ts': "import { n } from './n'\nexport default n",
    'motia/lib/n.ts': 'export const n = 3',
  });
  mkdirSync(join(root, 'motia/steps'));
  symlinkSync('../lib/real.ts', join(root, A));
  const link = join(folder(), 'link');
  symlinkSync(root, link);

  const loaded = await load(link, [A]);

  assert.deepEqual(
    loaded.modules.map((one) => [one.file, one.namespace.default]),
    [[A, 3]],
  );
  assert.deepEqual(loaded.fileModules[A], ['motia/lib/n.ts']);
});
