import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as esbuild from 'esbuild';
import { analyse, type Task } from '../../src/loading/analysis.js';
import { type Compiled, emit } from '../../src/loading/emitter.js';
import { load, project } from './project.js';

after(() => esbuild.stop());

const A = 'motia/steps/a.ts';

async function compiled(files: Record<string, string>): Promise<{ root: string; out: Compiled }> {
  const task: Task = { root: project(files), files: [A], sdk: { '@motia/core': 'file:///sdk/index.mjs' } };
  const out = await emit(esbuild, task, await analyse(esbuild, task), join(task.root, '.motia/cache/node/key'));
  return { root: task.root, out };
}

test('every source is an output of its own', async () => {
  const { out } = await compiled({
    [A]: "import { api } from '@motia/core'\nimport { b } from './b'\nimport './c.cjs'\nexport default [api, b]",
    'motia/steps/b.ts': 'export const b = 1',
    'motia/steps/c.cjs': 'exports.c = 1',
  });

  assert.deepEqual(out.outputs, {
    [A]: `${A}.mjs`,
    'motia/steps/b.ts': 'motia/steps/b.ts.mjs',
    'motia/steps/c.cjs': 'motia/steps/c.cjs.cjs',
  });
  assert.match(out.texts[`${A}.mjs`] ?? '', /from "file:\/\/\/sdk\/index\.mjs"/);
  assert.match(out.texts[`${A}.mjs`] ?? '', /key\/motia\/steps\/b\.ts\.mjs"/);
  assert.equal(out.isComputed, false);
});

test('nothing is added to a file that needs nothing', async () => {
  const { out } = await compiled({ [A]: 'export const a = 1' });

  const text = out.texts[`${A}.mjs`]?.replace(/\n\/\/# sourceMappingURL.*\n$/, '');

  assert.equal(text, '\n// motia/steps/a.ts\nvar a = 1;\nexport {\n  a\n};\n');
});

test('imports that only run time knows are told', async () => {
  const { out } = await compiled({ [A]: 'export default (name: string) => import(name)' });

  assert.equal(out.isComputed, true);
});

test('the order of evaluation is the one of the sources when step files share modules', async () => {
  const root = project({
    [A]: "import './setup'\nimport { seen } from '../lib/shared'\nexport default seen",
    'motia/steps/b.ts': "import { seen } from '../lib/shared'\nexport default seen",
    'motia/steps/setup.ts': '(globalThis as any).setUp = true',
    'motia/lib/shared.ts': 'export const seen = (globalThis as any).setUp',
  });

  const loaded = await load(root, [A, 'motia/steps/b.ts']);

  assert.deepEqual(
    loaded.modules.map((one) => one.namespace.default),
    [true, true],
  );
});

test('names of an object that CommonJS exports whole can be imported', async () => {
  const root = project({
    [A]: "import { run, size, nested } from './old.cjs'\nimport { short } from './short.cjs'\nexport default [run(), size, nested.a, short]",
    'motia/steps/old.cjs':
      'module.exports = {\n  run() { return 1 },\n  size: [2].length,\n  nested: { a: 3, b: { c: 4 } },\n}',
    'motia/steps/short.cjs': 'module.exports = { short: 5 }',
  });

  const loaded = await load(root, [A]);

  assert.deepEqual(loaded.faults, []);
  assert.deepEqual(loaded.modules[0]?.namespace.default, [1, 1, 3, 5]);
});

test('an import of a broken file that is only carried out later fails later', async () => {
  const root = project({
    [A]: "export default () => import('./late')",
    'motia/steps/late.ts': 'let x =',
  });

  const loaded = await load(root, [A]);
  const late = loaded.modules[0]?.namespace.default as () => Promise<unknown>;

  assert.deepEqual(loaded.faults, []);
  await assert.rejects(late(), /motia\/steps\/late\.ts:1: /);
});
