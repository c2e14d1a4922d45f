import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { evaluate } from '../../src/loading/evaluation.js';
import { folder, project, sdkUrl } from './project.js';

const EVENTS = 'motia/events/orders.ts';

test('schemas, JSON, maps and others are told apart, with their lines', async () => {
  const root = project({
    [EVENTS]:
      "import { z } from 'zod'\n\nexport default z.object({ id: z.string() })\nexport const plain = { type: 'object', left: undefined }\n" +
      "export const events = { 'order-paid': z.object({ n: z.number() }), plain: { type: 'string' }, fn: () => 1 }\n" +
      'export const later = Promise.resolve([1])\nexport function f() {}\nexport const big = 1n\nexport const at = new Date(0)',
  });

  const { files, read } = await evaluate(root, [EVENTS], sdkUrl);

  const answer = files[EVENTS] as { exports: Record<string, any> };
  const { default: main, events, ...others } = answer.exports;
  assert.deepEqual([main.line, main.schema.properties], [3, { id: { type: 'string' } }]);
  assert.deepEqual(events.map['order-paid'].schema.required, ['n']);
  assert.deepEqual(
    [events.line, events.map.plain, events.map.fn],
    [5, { json: { type: 'string' } }, { other: 'function' }],
  );
  assert.deepEqual(JSON.parse(JSON.stringify(others)), {
    plain: { json: { type: 'object' }, line: 4 },
    later: { json: [1], line: 6 },
    f: { other: 'function', line: 7 },
    big: { other: 'bigint', line: 8 },
    at: { other: 'object', line: 9 },
  });
  assert.deepEqual(read, [EVENTS]);
});

test('zod 3 is read too, and a schema that JSON Schema cannot say is an error with its line', async () => {
  const root = project({
    [EVENTS]: "import { z } from 'zod3'\nexport default z.object({ id: z.string() })",
    'motia/events/bad.ts': "import { z } from 'zod'\n\nexport default z.object({ at: z.map(z.string(), z.bigint()) })",
  });

  const { files } = await evaluate(root, [EVENTS, 'motia/events/bad.ts'], sdkUrl);

  const { exports } = files[EVENTS] as { exports: Record<string, any> };
  assert.deepEqual(exports.default.schema.required, ['id']);
  const { error } = files['motia/events/bad.ts'] as { error: { code: string; line: number } };
  assert.deepEqual([error.code, error.line], ['invalid-schema', 3]);
});

test('of a workflow file the calls of workflow count, with their lines', async () => {
  const [one, two] = ['motia/workflows/order.ts', 'motia/workflows/more.cjs'] as const;
  const root = project({
    [one]:
      "import { workflow } from '@motia/core'\nimport { steps } from './_steps'\n\n" +
      "export default workflow({ id: 'order', start: 'place', steps, onFailure: 'refund' })\nexport const f = () => 1\n",
    'motia/workflows/_steps.ts': 'enum Kind { A = "a" }\nexport const steps = { [Kind.A]: {} }\n',
    [two]:
      "const { workflow } = require('@motia/core')\nworkflow({ id: 'a' }); workflow({ id: () => 1 })\nthrow Error('no')\n",
  });

  const { files, workflows, read } = await evaluate(root, [one, two], new URL('../index.mjs', import.meta.url).href);

  assert.deepEqual(files[one], { exports: {} });
  assert.equal((files[two] as { error: { line: number } }).error.line, 3);
  assert.deepEqual(workflows.slice(0, 2), [
    { file: one, line: 4, options: { id: 'order', start: 'place', steps: { a: {} }, onFailure: 'refund' } },
    { file: two, line: 2, options: { id: 'a' } },
  ]);
  assert.match((workflows[2] as { problem: string }).problem, /\/id/);
  assert.ok(read.includes('motia/workflows/_steps.ts'));
});

test('one file that fails costs no other its answer', async () => {
  const root = project({
    [EVENTS]: 'export default {}',
    'motia.config.js': 'module.exports = { port: 1 }',
    'a.ts': "throw new Error('no')",
    'b.ts': 'export const x = ;',
  });

  const { files } = await evaluate(root, [EVENTS, 'motia.config.js', 'a.ts', 'b.ts', 'gone.ts'], sdkUrl);

  assert.deepEqual(files['motia.config.js'], {
    exports: { default: { json: { port: 1 }, line: 1 }, port: { json: 1 } },
  });
  const codes = ['a.ts', 'b.ts', 'gone.ts'].map((name) => (files[name] as { error: { code: string } }).error.code);
  assert.deepEqual(codes, ['load-error', 'syntax-error', 'unreadable']);
});

test('a default export may be a function that makes the value, and its failure is an error', async () => {
  const root = project({
    'motia.config.ts': 'export default async () => ({ port: 1 as number })',
    'bad.ts': "\nexport default () => {\n  throw new Error('late')\n}",
  });

  const { files } = await evaluate(root, ['motia.config.ts', 'bad.ts'], sdkUrl);

  assert.deepEqual(files['motia.config.ts'], { exports: { default: { json: { port: 1 }, line: 1 } } });
  const { error } = files['bad.ts'] as { error: { message: string; line: number } };
  assert.deepEqual([error.message, error.line], ['Error: late', 3]);
});

test('circles and depth are no trouble', async () => {
  const root = project({
    [EVENTS]:
      'const o: any = { a: 1 }\no.o = o\nlet deep: any = {}\nfor (let i = 0; i < 200; i++) deep = { deep }\nexport default o\nexport { deep }',
  });

  const { files } = await evaluate(root, [EVENTS], sdkUrl);

  assert.ok(JSON.stringify((files[EVENTS] as { exports: object }).exports).length > 0);
});

test('the program writes its answer into a file of its own user, and ends whatever was started', async () => {
  const at = folder();
  const program = join(at, 'evaluate.mjs');
  const entryPoints = [resolve('src/evaluate.ts')];
  await build({ entryPoints, bundle: true, format: 'esm', platform: 'node', outfile: program, external: ['esbuild'] });
  const root = project({
    'motia.config.ts':
      'setInterval(() => {}, 1000)\nPromise.reject(new Error("loose"))\nexport default { port: 1 as number }',
  });
  const out = join(at, 'out.json');

  await promisify(execFile)(process.execPath, [program, root, out, 'motia.config.ts'], { timeout: 20_000 });

  assert.deepEqual(JSON.parse(readFileSync(out, 'utf8')).files, {
    'motia.config.ts': { exports: { default: { json: { port: 1 }, line: 3 } } },
  });
  assert.equal(statSync(out).mode & 0o777, 0o600);
});
