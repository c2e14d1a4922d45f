import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../../src/loading/faults.js';
import { faultOfEvaluation, frameOf } from '../../src/loading/faults.js';
import { load, project } from './project.js';

const A = 'motia/steps/a.ts';
const GOOD = 'motia/steps/good.ts';

async function faultOf(files: Record<string, string>, step = A, limitMs = 30_000): Promise<Fault> {
  const good = step.endsWith('ts') ? GOOD : GOOD.replace('.ts', '.mjs');
  const loaded = await load(project({ ...files, [good]: 'export default 1' }), [step, good], limitMs);
  assert.deepEqual(
    loaded.modules.map((one) => one.file),
    [good],
    'the other file still loads',
  );
  assert.equal(loaded.faults.length, 1);
  return loaded.faults[0] as Fault;
}

test('a syntax error has its line, its text and a caret', async () => {
  const fault = await faultOf({ [A]: 'const x = 1\n  const y = ;\nexport default x' });

  assert.deepEqual(
    { code: fault.code, file: fault.file, line: fault.line, message: fault.message, hint: fault.hint },
    { code: 'syntax-error', file: A, line: 2, message: 'Unexpected ";"', hint: 'look at: const y = ;' },
  );
  assert.equal(fault.stack, `${A}:2:13\n      const y = ;\n${' '.repeat(16)}^`);
});

test('a syntax error in a helper is said with its place', async () => {
  const fault = await faultOf({
    [A]: "import { b } from './middle'\nexport default b",
    'motia/steps/middle.ts': "import { c } from '../lib/c'\nexport const b = c",
    'motia/lib/c.ts': 'export const c = (\n',
  });

  assert.equal(fault.code, 'syntax-error');
  assert.equal(fault.file, A);
  assert.equal(fault.message, 'motia/lib/c.ts:2, which it imports: Unexpected end of file');
  assert.equal(fault.also, 'motia/lib/c.ts:2');
});

test('several broken files are all said at once, and shared modules stay one', async () => {
  const root = project({
    [A]: 'let',
    'motia/steps/b.ts': "import './nowhere'",
    'motia/steps/c.ts': "import { one } from '../lib/one'\nexport default one",
    'motia/steps/d.ts': "import { one } from '../lib/one'\nexport default one",
    'motia/lib/one.ts': 'export const one = {}',
  });

  const loaded = await load(root, [A, 'motia/steps/b.ts', 'motia/steps/c.ts', 'motia/steps/d.ts']);

  assert.deepEqual(
    loaded.faults.map((fault) => [fault.file, fault.code]),
    [
      [A, 'syntax-error'],
      ['motia/steps/b.ts', 'import-error'],
    ],
  );
  const [c, d] = loaded.modules.map((one) => one.namespace.default);
  assert.ok(c !== undefined && c === d);
});

test('a relative import that leads nowhere has its line', async () => {
  const fault = await faultOf({ [A]: "\nimport x from './nowhere'\nexport default x" });

  assert.deepEqual([fault.code, fault.line, fault.message], ['import-error', 2, 'could not resolve "./nowhere"']);
});

test('a file that only imports what is not there is said alike', async () => {
  const fault = await faultOf({ [A]: "import './nowhere'" });

  assert.deepEqual([fault.line, fault.message], [1, 'could not resolve "./nowhere"']);
});

test('a name that the other file does not export has its line', async () => {
  const fault = await faultOf({
    [A]: "import { nothing } from './b'\nexport default nothing",
    'motia/steps/b.ts': 'export const something = 1',
  });

  assert.deepEqual([fault.code, fault.line], ['import-error', 1]);
  assert.match(fault.message, /No matching export in "motia\/steps\/b.ts" for import "nothing"/);
});

test('a missing package is said with its importer and the command', async () => {
  const fault = await faultOf({
    [A]: "import './b'\nexport default 1",
    'motia/steps/b.ts': "import fs from 'node:fs'\n\nimport Stripe from 'stripe/lib'\nexport const s = new Stripe(fs)",
  });

  assert.equal(fault.code, 'import-error');
  assert.equal(fault.message, "cannot find package 'stripe', imported by motia/steps/b.ts:3");
  assert.equal(fault.hint, 'npm install stripe');
  assert.equal(fault.also, 'motia/steps/b.ts:3');
});

test('a missing package that CommonJS requires is said alike', async () => {
  const fault = await faultOf(
    { 'motia/steps/a.cjs': "const x = 1\nrequire('@acme/things/deep')" },
    'motia/steps/a.cjs',
  );

  assert.equal(fault.message, "cannot find package '@acme/things', imported by motia/steps/a.cjs:2");
  assert.equal(fault.hint, 'npm install @acme/things');
  assert.equal(fault.line, 2);
});

test("a misspelt module of Node's own is recognised", async () => {
  const prefixed = await faultOf({ [A]: "import 'node:fs/promise'\nexport default 1" });
  const bare = await faultOf({ [A]: "import crypt from 'crypot'\nexport default crypt" });

  assert.match(prefixed.message, /there is no Node module 'node:fs\/promise', imported by motia\/steps\/a.ts:1/);
  assert.equal(prefixed.hint, "is it 'node:fs/promises'?");
  assert.equal(bare.hint, "npm install crypot; or is it Node's own 'crypto'?");
});

test('a name that a package does not export is said with its line', async () => {
  const fault = await faultOf({ [A]: "\nimport { nothingOfThis } from 'zod'\nexport default nothingOfThis" });

  assert.equal(fault.code, 'import-error');
  assert.match(fault.message, /does not provide an export named 'nothingOfThis'/);
  assert.equal(fault.line, 2);
});

for (const [kind, step] of [
  ['compiled', A],
  ['native', 'motia/steps/a.mjs'],
] as const) {
  test(`${kind}: a name that the library does not export is said with its line and the closest`, async () => {
    const wrong = await faultOf({ [step]: "import {\n  api,\n  evnt,\n} from '@motia/core'\nevnt(api)" }, step);
    const whole = await faultOf({ [step]: "import core from '@motia/core'\ncore.api()" }, step);

    assert.deepEqual([wrong.code, wrong.file, wrong.line], ['import-error', step, 3]);
    assert.equal(wrong.message, "'@motia/core' exports no 'evnt'");
    assert.equal(wrong.hint, "did you mean 'event'?");
    assert.equal(wrong.stack, `${step}:3:3\n      evnt,\n      ^^^^`);
    assert.deepEqual([whole.message, whole.line], ["'@motia/core' has no default export", 1]);
    assert.equal(whole.hint, "write: import { api } from '@motia/core'");
  });
}

test('a name far from all that the library exports is told what there is', async () => {
  const fault = await faultOf({
    [A]: "import { inLib } from '../lib/one'\nexport default inLib",
    'motia/lib/one.ts': "import { Handlers } from '@motia/core'\nexport const inLib = Handlers",
  });

  assert.equal(fault.also, 'motia/lib/one.ts:1');
  assert.match(fault.hint ?? '', /^it exports api, cron, event, .*import type \{ Handlers \} from '@motia\/core'$/);
});

test('a file of another kind is refused by name', async () => {
  const fault = await faultOf({
    [A]: "import text from './query.sql'\nexport default text",
    'motia/steps/query.sql': 'select 1',
  });

  assert.match(fault.message, /query\.sql/);
  assert.match(fault.hint ?? '', /readFileSync/);
  assert.equal(fault.line, 1);
});

test("what a file throws has its line and the author's stack", async () => {
  const fault = await faultOf({
    [A]: "import { go } from '../lib/go'\n\ntype Wide = {\n  a: string\n}\n\nexport default go()",
    'motia/lib/go.ts': "interface X { a: 1 }\n\nexport function go(): X {\n  throw new TypeError('no such table')\n}",
  });

  assert.deepEqual([fault.code, fault.line, fault.also], ['load-error', 7, 'motia/lib/go.ts:4']);
  assert.equal(fault.message, 'TypeError: no such table');
  assert.match(fault.stack ?? '', /at go \(motia\/lib\/go.ts:4:\d+\)\n.*motia\/steps\/a.ts:7:\d+/);
});

test('whatever is thrown becomes a fault', async () => {
  const thrown = [
    'undefined',
    'null',
    '42',
    "'text'",
    '{ a: 1 }',
    '(() => { const o: any = {}; o.o = o; return o })()',
    'Symbol("s")',
  ];
  for (const value of thrown) {
    const fault = await faultOf({ [A]: `throw ${value}` });

    assert.equal(fault.code, 'load-error');
    assert.match(fault.message, /thrown/);
  }
});

test('a file that never finishes is said, the others load', async () => {
  const fault = await faultOf({ [A]: 'await new Promise(() => {})' }, A, 300);

  assert.equal(fault.message, 'the file, or one it imports, has not finished loading after 0.3 s');
});

test('process.exit() while loading is a fault', async () => {
  const fault = await faultOf({ [A]: 'const code = 3\nprocess.exit(code)' });

  assert.equal(fault.message, 'the file ends the process while it is loaded: process.exit(3)');
  assert.equal(fault.line, 2);
});

test('a file that is not there is a fault', async () => {
  const fault = await faultOf({});

  assert.deepEqual([fault.code, fault.message], ['unreadable', 'the file is not there']);
});

test('a module that awaits at its top cannot be required, and the fault says so', async () => {
  const fault = await faultOf({
    [A]: "import b = require('./b')\nexport default b",
    'motia/steps/b.ts': 'export const x = await Promise.resolve(1)',
  });

  assert.equal(fault.code, 'import-error');
  assert.equal(fault.hint, 'import the module instead of requiring it: it uses top-level await');
});

test('in JavaScript alone a syntax error has its line too, in ESM and in CommonJS', async () => {
  for (const step of ['motia/steps/a.mjs', 'motia/steps/a.cjs', 'motia/steps/a.js']) {
    const fault = await faultOf({ [step]: 'const x = 1\nconst y = ;\n' }, step);

    assert.deepEqual([fault.code, fault.line, fault.message], ['syntax-error', 2, "Unexpected token ';'"]);
    assert.equal(fault.hint, 'look at: const y = ;');
  }
});

test('in JavaScript alone a syntax error of a helper is said with its place', async () => {
  const step = 'motia/steps/a.mjs';
  const fault = await faultOf({ [step]: "import '../lib/b.mjs'", 'motia/lib/b.mjs': '\nlet let = 1' }, step);

  assert.match(fault.message, /^motia\/lib\/b.mjs:2, which it imports: /);
  assert.equal(fault.also, 'motia/lib/b.mjs:2');
});

test('in JavaScript alone missing files and packages are said with their importer', async () => {
  const step = 'motia/steps/a.mjs';
  const gone = await faultOf({ [step]: "\nimport './gone.js'" }, step);
  const pack = await faultOf({ [step]: "import x from 'stripe'\nexport default x" }, step);

  assert.deepEqual([gone.code, gone.line], ['import-error', 2]);
  assert.match(gone.message, /gone\.js/);
  assert.equal(pack.message, `cannot find package 'stripe', imported by ${step}:1`);
});

test("JSON.parse that fails while loading is the line's error, not one of syntax", async () => {
  const fault = await faultOf({ [A]: "export default JSON.parse('{')" });

  assert.deepEqual([fault.code, fault.line], ['load-error', 1]);
});

test('an error without a stack is still a fault', () => {
  const error = Object.assign(new Error('bare'), { stack: undefined });

  assert.equal(faultOfEvaluation(error, A, '/nowhere').message, 'Error: bare');
});

test('a long line is cut around its caret', () => {
  const [line = '', caret = ''] = frameOf(`${'x'.repeat(500)};${'y'.repeat(500)}`, 500, 1).split('\n');

  assert.ok(line.length < 200);
  assert.equal(line[caret.indexOf('^')], ';');
});
