import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { authorPosition, noteOutputs } from '../../src/loading/positions.js';
import { folder, load, loadApart, project, write } from './project.js';

const A = 'motia/steps/a.ts';

async function stackOf(files: Record<string, string>): Promise<{ root: string; stack: string }> {
  const root = project(files);
  const loaded = await load(root, [A]);
  assert.deepEqual(loaded.faults, []);
  const handler = loaded.modules[0]?.namespace.default as () => Promise<unknown>;
  try {
    await handler();
  } catch (error) {
    return { root, stack: (error as Error).stack ?? '' };
  }
  throw new Error('the handler did not throw');
}

test('an error in a handler has the line that its author wrote', async () => {
  const { root, stack } = await stackOf({
    [A]: "interface Wide {\n  a: string\n}\n\nenum E { A }\n\nexport default async function handler(): Promise<Wide> {\n  throw new Error('here')\n}",
  });

  assert.match(stack, new RegExp(`at handler \\(${join(root, A)}:8:9\\)`));
});

test('an error in a helper has the lines of both files', async () => {
  const { root, stack } = await stackOf({
    [A]: "import { type X, help } from '../lib/help.js'\n\nexport default async () => help({} as X)",
    'motia/lib/help.ts':
      'export type X = object\n\nexport function help(x: X) {\n  throw new Error(`no ${typeof x}`)\n}',
  });

  assert.match(stack, new RegExp(`at help \\(${join(root, 'motia/lib/help.ts')}:4:9\\)`));
  assert.match(stack, new RegExp(`${join(root, A)}:3:`));
});

test('an error in a decorator has its line', async () => {
  const { root, stack } = await stackOf({
    [A]:
      'function guarded(method: (n: number) => number, _: ClassMethodDecoratorContext) {\n' +
      "  return function (this: unknown, n: number): number {\n    if (n > 1) throw new RangeError('too many')\n    return method.call(this, n)\n  }\n}\n" +
      'class A {\n  @guarded\n  run(n: number) {\n    return n\n  }\n}\nexport default async () => new A().run(2)',
  });

  assert.match(stack, new RegExp(`${join(root, A)}:3:22`));
  assert.match(stack, new RegExp(`${join(root, A)}:13:`));
});

test('a file that uses import.meta and require keeps its lines and columns', async () => {
  const source =
    "const here = import.meta.url; const path = require('node:path'); export default async () => { throw new Error(here + path.sep) }";
  const { root, stack } = await stackOf({ [A]: source });

  assert.match(stack, new RegExp(`${join(root, A)}:1:${source.indexOf('new Error') + 1}`));
});

test('what Node prints itself has the lines of the author', async () => {
  const root = project({
    [A]: "type T = 1\n\nprocess.stderr.write(new Error('seen').stack + '\\n')\nexport default 1",
  });

  const { stderr } = await loadApart(root, [A]);

  assert.match(stderr, new RegExp(`at .*${join(root, A)}:3:22`));
});

test('a place in a compiled file is answered without source maps of the process too', async () => {
  const root = project({
    [A]: 'type T = 1\n\nexport const place = new Error().stack\nexport default callSite()\nfunction callSite() {\n  const old = Error.prepareStackTrace\n  try {\n    Error.prepareStackTrace = (_, sites) => sites\n    const [site] = new Error().stack as unknown as NodeJS.CallSite[]\n    return [site?.getFileName(), site?.getLineNumber(), site?.getColumnNumber()]\n  } finally {\n    Error.prepareStackTrace = old\n  }\n}',
  });
  const loaded = await load(root, [A]);
  const place = loaded.modules[0]?.namespace.default;
  const [file, line, column] = (place ?? []) as [string, number, number];

  assert.match(file, /\.motia\/cache\/node/);
  assert.deepEqual(authorPosition(file, line, column), { file: A, line: 9 });
});

test("places of packages, of Node and of other folders are nobody's", () => {
  noteOutputs('/project', []);

  assert.deepEqual(authorPosition('/project/motia/steps/a.ts', 3, 1), { file: A, line: 3 });
  assert.deepEqual(authorPosition('file:///project/motia/steps/a.ts?v=1', 3, 1), { file: A, line: 3 });
  for (const path of [
    '/project/node_modules/zod/index.js',
    '/elsewhere/a.js',
    'node:internal/x',
    '/project/.motia/cache/node/k/a.ts.mjs',
    'file://%zz',
  ]) {
    assert.equal(authorPosition(path, 1, 1), undefined);
  }
});

test('a compiled file without a map is answered by its source', () => {
  const root = folder();
  write(root, { 'out.mjs': 'export {}\n' });
  noteOutputs(root, [[join(root, 'out.mjs'), join(root, A)]]);

  assert.equal(authorPosition(join(root, 'out.mjs'), 1, 1)?.file, A);
});
