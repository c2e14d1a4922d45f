import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryEngine, type Met, project } from './engine.js';

async function manifestOf(files: Record<string, string>): Promise<Met> {
  return new MemoryEngine().greetAndLoad(project(files));
}

const core = (names: string): string => `import { ${names} } from '@motia/core';\n`;

test('a step says where its maker is called, in TypeScript too', async () => {
  const { steps, faults } = await manifestOf({
    'a.js': `${core('event')}\n\nexport default event(\n  { id: 'a' },\n  async function work() {},\n);\n`,
    'b.ts': `${core('event')}interface Unused { a: string }\ntype More = Unused;\n\nexport const b = event({ id: 'b' }, async (payload: More) => payload);\n`,
  });

  assert.deepEqual(faults, []);
  assert.deepEqual(
    steps.map((step: Met) => [step.id, step.source]),
    [
      ['a', { file: 'motia/steps/a.js', line: 4, function: 'work' }],
      ['b', { file: 'motia/steps/b.ts', line: 5, function: '' }],
    ],
  );
});

test('what is wrong with exports and options is told with file and line', async () => {
  const { faults } = await manifestOf({
    'hidden.js': `${core('event')}\nconst hidden = event({ id: 'hidden' }, () => {});\n`,
    'array.js': `${core('event')}export default [event({ id: 'listed' }, () => {})];\n`,
    'none.js': `${core('event')}export default async () => event;\n`,
    'helper.js': 'export default () => 1;\n',
    'option.ts': `${core('event')}\nexport const one = event({ id: 'one', retires: 3 } as any, () => {});\n`,
    'twice.js': `${core('event')}const one = event({ id: 'twice' }, () => {});\nexport { one, one as two };\n`,
  });

  const found = faults.map((fault: Met) => `${fault.code} ${fault.file}:${fault.line}`).sort();
  assert.deepEqual(found, [
    'array-export motia/steps/array.js:2',
    'exported-twice motia/steps/twice.js:2',
    'no-step motia/steps/none.js:1',
    'not-exported motia/steps/array.js:2',
    'not-exported motia/steps/hidden.js:3',
    'unknown-option motia/steps/option.ts:3',
  ]);
});

test('a start hook that fails is a fault, and a stop hook that fails stops no other', async () => {
  const engine = new MemoryEngine();
  const hooks = `
export const ran = event({ id: 'ran' }, () => globalThis.order);
globalThis.order = [];
onStart(() => { throw new TypeError('no pool'); });
onStart(async () => { globalThis.order.push('start'); });
onStop(() => { globalThis.order.push('first declared'); });
onStop(() => { throw new Error('stuck'); });
onStop(() => { globalThis.order.push('last declared'); });
`;
  const { faults } = await engine.greetAndLoad(project({ 'h.js': `${core('event, onStart, onStop')}${hooks}` }));
  assert.deepEqual(
    faults.map((fault: Met) => [fault.code, fault.file, fault.line, fault.message]),
    [['start-hook-failed', 'motia/steps/h.js', 5, 'onStart: TypeError: no pool']],
  );
  assert.deepEqual((await engine.run('ran')).value, ['start']);

  engine.send({ type: 'drain' });
  await engine.ends();

  assert.deepEqual((globalThis as { order?: unknown }).order, ['start', 'last declared', 'first declared']);
  assert.match(engine.logs.at(-1)?.message, /onStop in motia\/steps\/h.js:8 failed: Error: stuck/);
});

test('hooks and steps of a file that fails do not count', async () => {
  const { steps, faults } = await manifestOf({
    'bad.js': `${core('event, onStart')}onStart(() => { throw new Error('must not run'); });\nexport const a = event({ id: 'a' }, () => {});\nnull.oops;\n`,
  });

  assert.deepEqual(steps, []);
  assert.deepEqual(
    faults.map((fault: Met) => fault.code),
    ['load-error'],
  );
});
