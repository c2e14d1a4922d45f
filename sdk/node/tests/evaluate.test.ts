/** `evaluate.mjs` as the engine starts it: a process of its own, its answer in a file. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';

const SCRIPT = resolve('dist/evaluate.mjs');
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  files: Record<
    string,
    { exports?: Record<string, unknown>; error?: { code: string; line?: number; message: string } }
  >;
  read: string[];
}

function evaluate(sources: Record<string, string>, ...files: string[]): Answer {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'motia-evaluate-')));
  folders.push(root);
  for (const [name, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const out = join(root, 'out.json');
  execFileSync(process.execPath, [SCRIPT, root, out, ...files], { stdio: 'pipe', timeout: 30_000 });
  return JSON.parse(readFileSync(out, 'utf8')) as Answer;
}

function exportsOf(text: string, file = 'a.ts'): Record<string, unknown> | undefined {
  return evaluate({ [file]: text }, file).files[file]?.exports;
}

test('JSON, objects that are not all JSON, and other values are told apart', () => {
  const found = exportsOf(
    'export const a = { b: [1, null] };\nexport const c = { d: 1, e: () => 1 };\nexport const f = 10n;\n',
  );

  assert.deepEqual(found, {
    a: { json: { b: [1, null] }, line: 1 },
    c: { map: { d: { json: 1 }, e: { other: 'function' } }, line: 2 },
    f: { other: 'bigint', line: 3 },
  });
});

test('a default export may be a promise, or a function that makes the value', () => {
  assert.deepEqual(exportsOf('export default Promise.resolve({ a: 1 });\n')?.default, { json: { a: 1 }, line: 1 });
  assert.deepEqual(exportsOf('export default async () => ({ a: 1 as number });\n')?.default, {
    json: { a: 1 },
    line: 1,
  });
});

test('a schema of a library is its JSON form, also inside an object', () => {
  const schema = `const schema = { '~standard': { version: 1, vendor: 'own', validate: (value: unknown) => ({ value }),
    jsonSchema: { input: () => ({ type: 'string' }), output: () => ({ type: 'string' }) } } };\n`;

  const found = exportsOf(`${schema}export default schema;\nexport const events = { 'order.placed': schema };\n`);

  const { default: single, events } = found as Record<
    string,
    { schema: { type: string }; map: Record<string, unknown> }
  >;
  assert.equal(single?.schema.type, 'string');
  assert.deepEqual(Object.keys(events?.map ?? {}), ['order.placed']);
});

test('one file that fails costs no other its answer', () => {
  const { files, read } = evaluate(
    {
      'bad.ts': 'const a: number = 1;\nthrow new Error(`bad ${a}`);\n',
      'good.ts': "export { a } from './lib';\n",
      'lib.ts': 'export const a = 1;\n',
    },
    'bad.ts',
    'good.ts',
  );

  assert.deepEqual([files['bad.ts']?.error?.code, files['bad.ts']?.error?.line], ['load-error', 2]);
  assert.deepEqual(files['good.ts']?.exports, { a: { json: 1 } });
  assert.ok(read.includes('lib.ts'));
});

test('a function that fails is a fault with its line', () => {
  const { files } = evaluate({ 'a.ts': "export default async () => {\n  throw new TypeError('late');\n};\n" }, 'a.ts');

  assert.deepEqual([files['a.ts']?.error?.line, files['a.ts']?.error?.message], [2, 'TypeError: late']);
});
