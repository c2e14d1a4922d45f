import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorStack, cut, describe, framesOf, framesText, innermostAuthored } from '../../src/worker/stacks.js';

const STACK = [
  'TypeError: boom',
  '    at inner (/app/motia/lib/a.ts:3:5)',
  '    at async outer (file:///app/motia/steps/b.js:7:9)',
  '    at /app/motia/steps/c.mjs:1:2',
  '    at lib (/app/node_modules/lib/index.js:1:1)',
  '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
].join('\n');

test('the frames of the project are kept, innermost last', () => {
  assert.equal(
    framesText(framesOf(STACK), '/app'),
    '    at motia/steps/c.mjs:1:2\n    at outer (motia/steps/b.js:7:9)\n    at inner (motia/lib/a.ts:3:5)\n',
  );
  assert.deepEqual(innermostAuthored(STACK, '/app'), { file: 'motia/lib/a.ts', line: 3 });
});

test('without a frame of the project those of others are kept', () => {
  assert.match(framesText(framesOf(STACK), '/elsewhere'), /lib \(\/app\/node_modules\/lib\/index.js:1:1\)/);
});

test('an error shows its causes, circular ones once', () => {
  const cause = new RangeError('inner');
  const error = new Error('outer', { cause });
  cause.cause = error;

  const stack = authorStack(error, '/app');

  assert.match(stack, /Error: outer\ncaused by:\n[\s\S]*RangeError: inner$/);
});

for (const [thrown, name, message] of [
  [new TypeError('boom'), 'TypeError', 'boom'],
  ['text', 'Error', 'text'],
  [undefined, 'Error', 'the handler threw undefined'],
  [null, 'Error', 'the handler threw null'],
  [5, 'Error', 'the handler threw 5'],
  [{ a: 1 }, 'Error', 'the handler threw {"a":1}'],
  [{ name: 'Odd', message: 'like one' }, 'Odd', 'like one'],
  [Symbol('s'), 'Error', 'the handler threw Symbol(s)'],
  [
    Object.defineProperty(new Error(), 'message', {
      get() {
        throw new Error('no');
      },
    }),
    'Error',
    '(its text cannot be read)',
  ],
] as const) {
  test(`${name}: ${message} describes what was thrown`, () => {
    assert.deepEqual(describe(thrown), { name, message });
    assert.match(authorStack(thrown, '/app'), /\S/);
  });
}

test('a text is cut between characters, and says so', () => {
  assert.equal(cut('short', 100), 'short');
  assert.equal(cut('€'.repeat(10), 10), '€€€… (21 bytes cut)');
  assert.equal(cut('y'.repeat(1_000), 100), `${'y'.repeat(100)}… (900 bytes cut)`);
});
