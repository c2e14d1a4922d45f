import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { buildProject, CannotCompile } from '../../src/loading/compiler.js';
import { folder, load, loadApart, project, sdkUrl, write } from './project.js';

const A = 'motia/steps/a.ts';
const PROJECT = {
  [A]: "import { b } from '../lib/b'\nimport data from './data.json'\nexport default [b, data.n]",
  'motia/lib/b.ts': 'export const b: number = 1',
  'motia/steps/data.json': '{ "n": 1 }',
  'tsconfig.json': '{ "extends": "./base.json" }',
  'base.json': '{ "compilerOptions": { "strict": true } }',
  'package.json': '{ "name": "app" }',
};

async function isWarm(root: string, files: readonly string[] = [A]): Promise<boolean> {
  return (await buildProject(root, files, sdkUrl, '1')).isWarm;
}

test('what has not changed is not compiled again', async () => {
  const root = project(PROJECT);

  assert.deepEqual([await isWarm(root), await isWarm(root)], [false, true]);
});

test('a warm start needs no esbuild at all', async () => {
  const root = project(PROJECT);
  rmSync(join(root, 'node_modules'));
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(resolve('node_modules/esbuild'), join(root, 'node_modules/esbuild'));
  await isWarm(root);
  rmSync(join(root, 'node_modules'), { recursive: true });

  assert.equal(await isWarm(root), true);
});

const CHANGES: Record<string, Record<string, string>> = {
  'a step': { [A]: 'export default 2' },
  'a helper': { 'motia/lib/b.ts': 'export const b: number = 2' },
  'JSON that is imported': { 'motia/steps/data.json': '{ "n": 2 }' },
  'tsconfig.json': { 'tsconfig.json': '{ "extends": "./base.json", "compilerOptions": {} }' },
  'what tsconfig.json extends': { 'base.json': '{ "compilerOptions": { "strict": false } }' },
  'package.json': { 'package.json': '{ "name": "app", "type": "module" }' },
  'a file that comes before the one that was imported': {
    'motia/lib/b/index.ts': '',
    'motia/lib/b.tsx': 'export const b = 3',
  },
};
for (const [name, change] of Object.entries(CHANGES)) {
  test(`a change of ${name} is compiled`, async () => {
    const root = project(PROJECT);
    await isWarm(root);

    write(root, change);

    assert.equal(await isWarm(root), false);
  });
}

test('an edit of equal length and time is found', async () => {
  const root = project(PROJECT);
  const helper = join(root, 'motia/lib/b.ts');
  const { atime, mtime } = statSync(helper);
  await isWarm(root);

  write(root, { 'motia/lib/b.ts': 'export const b: number = 7' });
  utimesSync(helper, atime, mtime);

  assert.deepEqual((await load(root, [A])).modules[0]?.namespace.default, [7, 1]);
});

test('a touch without a change compiles nothing', async () => {
  const root = project(PROJECT);
  await isWarm(root);

  utimesSync(join(root, A), new Date(), new Date(Date.now() - 60_000));

  assert.equal(await isWarm(root), true);
});

test('a cache that was damaged is written anew', async () => {
  const root = project(PROJECT);
  const built = await buildProject(root, [A], sdkUrl, '1');
  rmSync(built.outputs[A] ?? '');

  const again = await buildProject(root, [A], sdkUrl, '1');

  assert.equal(again.isWarm, false);
  assert.ok(existsSync(again.outputs[A] ?? ''));
});

test('what did not compile is tried again when it was mended', async () => {
  const root = project({ ...PROJECT, 'motia/lib/b.ts': 'export const b = ;' });
  const first = await load(root, [A]);
  write(root, { 'motia/lib/b.ts': 'export const b = 5' });

  const second = await load(root, [A]);

  assert.deepEqual([first.faults.length, second.faults.length], [1, 0]);
  assert.deepEqual(second.modules[0]?.namespace.default, [5, 1]);
});

test('the cache stays bounded', async () => {
  const root = project(PROJECT);
  const old = new Date(Date.now() - 3_600_000);
  let built = '';
  for (let round = 0; round < 12; round++) {
    write(root, { [A]: `export default ${round}` });
    built = (await buildProject(root, [A], sdkUrl, '1')).outputs[A] ?? '';
    utimesSync(dirname(dirname(dirname(built))), old, old);
  }

  assert.ok(readdirSync(join(root, '.motia/cache/node')).length <= 4);
  assert.ok(existsSync(built));
});

test('several processes that start at once share one result', async () => {
  const root = project(PROJECT);

  const all = await Promise.all(Array.from({ length: 4 }, () => loadApart(root, [A])));

  for (const one of all) assert.deepEqual([one.faults, one.modules[A]], [[], [1, 1]]);
  const left = readdirSync(join(root, '.motia/cache/node'));
  assert.equal(left.length, 1, left.join());
});

test('a project that cannot be written is compiled elsewhere and still finds its packages', async () => {
  const root = project({
    [A]: "import { z } from 'zod'\nexport default [typeof z.object, import.meta.filename.endsWith('a.ts')]",
  });
  const elsewhere = folder();
  chmodSync(root, 0o555);
  const user = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : undefined;
  chmodSync(elsewhere, 0o777);

  const options = { env: { TMPDIR: elsewhere, HOME: elsewhere }, ...(user ? { command: user } : {}) };
  for (const _ of ['cold', 'warm']) {
    const loaded = await loadApart(root, [A], options);
    assert.deepEqual([loaded.faults, loaded.modules[A]], [[], ['function', true]]);
  }

  assert.equal(existsSync(join(root, '.motia')), false);
  assert.equal(readdirSync(elsewhere).filter((name) => name.startsWith('motia-')).length, 1);
});

test('what was compiled before the project became read-only is used', async () => {
  const root = project(PROJECT);
  await loadApart(root, [A]);
  const elsewhere = folder();
  spawnSync('chmod', ['-R', 'a+rX,a-w', join(root, '.motia')]);
  const user = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : undefined;

  const loaded = await loadApart(root, [A], { env: { TMPDIR: elsewhere }, ...(user ? { command: user } : {}) });
  spawnSync('chmod', ['-R', 'u+w', join(root, '.motia')]);

  assert.deepEqual([loaded.faults, loaded.modules[A]], [[], [1, 1]]);
  assert.deepEqual(readdirSync(elsewhere), []);
});

test('a project without step files needs nothing', async () => {
  const loaded = await load(project({ 'tsconfig.json': '{}' }), []);

  assert.deepEqual([loaded.modules, loaded.faults], [[], []]);
});

test('without esbuild there is one fault for all TypeScript, and JavaScript still loads', async () => {
  const bare = folder();
  write(bare, {
    [A]: 'export default 1',
    'motia/steps/b.ts': 'export default 1',
    'motia/steps/c.mjs': 'export default 3',
  });

  const loaded = await load(bare, [A, 'motia/steps/b.ts', 'motia/steps/c.mjs']);

  assert.deepEqual(
    loaded.modules.map((one) => one.file),
    ['motia/steps/c.mjs'],
  );
  assert.deepEqual(
    loaded.faults.map(({ code, file, hint }) => [code, file, hint]),
    [['compiler-missing', A, 'motia install, or: npm install --save-dev esbuild']],
  );
  assert.match(loaded.faults[0]?.message ?? '', /a\.ts, and 1 more TypeScript file cannot be compiled/);
  assert.deepEqual(loaded.read, [A, 'motia/steps/b.ts', 'motia/steps/c.mjs']);
});

test('a tsconfig.json that cannot be read is one fault with its place', async () => {
  const root = project({
    [A]: 'export default 1',
    'tsconfig.json': '{\n  "compilerOptions": {\n    "strict": yes\n  }\n}',
  });

  const loaded = await load(root, [A]);

  assert.equal(loaded.modules.length, 0);
  assert.deepEqual(
    loaded.faults.map(({ file, line }) => [file, line]),
    [['tsconfig.json', 3]],
  );
  await assert.rejects(buildProject(root, [A], sdkUrl, '1'), CannotCompile);
});

test('emitDecoratorMetadata is refused by name, and what it extends is named when it is missing', async () => {
  const root = project({
    [A]: 'export default 1',
    'tsconfig.json':
      '{ "extends": "./gone.json", "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }',
  });

  const cold = await load(root, [A]);
  const warm = await load(root, [A]);

  assert.deepEqual(cold.modules.length, 1);
  assert.deepEqual(
    cold.faults.map((fault) => [fault.severity, fault.file, fault.line]),
    [
      ['warning', 'tsconfig.json', 1],
      ['warning', 'tsconfig.json', undefined],
    ],
  );
  assert.match(cold.faults[0]?.message ?? '', /Cannot find base config file/);
  assert.match(cold.faults[1]?.message ?? '', /emitDecoratorMetadata/);
  assert.deepEqual(warm.faults, cold.faults);
});

test("esbuild's process ends with the load", async () => {
  const root = project(PROJECT);
  await isWarm(root);

  const { stdout } = spawnSync('ps', ['-o', 'args=', '--ppid', String(process.pid)], { encoding: 'utf8' });

  const alive = stdout.split('\n').filter((line) => line.includes('esbuild') && !line.includes('<defunct>'));
  assert.deepEqual(alive, []);
});
