/** The line to a test's engine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError, Line } from '../../src/testing/line.js';
import { folder, project } from './world.js';

const open = (root: string, more: object = {}) =>
  Line.open({ root, args: ['--seed', '7'], environment: { PATH: '/nowhere' }, startLimitMs: 20_000, ...more });

test('an order has its own answer, whatever comes between', async (t) => {
  const root = project(t, 'tell({ log: { text: op } }); tell({ id, value: { op, args, argv: argv.slice(2) } });');
  const line = await open(root);

  const [one, two] = await Promise.all([line.order('one', { a: 1 }), line.order('two')]);
  await line.stop();

  assert.deepEqual(one, { op: 'one', args: { a: 1 }, argv: ['serve-test', '--project', root, '--seed', '7'] });
  assert.equal(two.op, 'two');
  assert.deepEqual(line.logs, ['one', 'two']);
  assert.equal(line.api, 'http://127.0.0.1:9');
});

test('a refusal is an error with the code, the hint and the place in the test', async (t) => {
  const error = { code: 'payload-invalid', message: 'does not fit', hint: 'correct it', details: [{ path: '/a' }] };
  const line = await open(project(t, `tell({ id, error: ${JSON.stringify(error)} });`));

  await assert.rejects(line.order('trigger'), (refused: EngineError) => {
    assert.equal(refused.code, 'payload-invalid');
    assert.equal(refused.message, 'does not fit\ncorrect it');
    assert.deepEqual(refused.details, [{ path: '/a' }]);
    return /line\.test/.test(refused.stack ?? '');
  });
  await line.stop();
});

test('a project that cannot be started says why', async (t) => {
  const root = project(t, '', 'tell({ failed: { code: "start", message: "1 fault: a.ts:3" } }); process.exit(1);');

  await assert.rejects(open(root), /1 fault: a\.ts:3/);
});

test('an engine that ends refuses what is open, with its last lines', async (t) => {
  const line = await open(project(t, 'console.error("out of memory"); process.exitCode = 9; process.stdin.destroy();'));

  await assert.rejects(line.order('runs'), /it ended with code 9\n {2}out of memory/);
  await assert.rejects(line.order('runs'), EngineError);
  await line.stop();
});

test('an engine that does not answer in time is ended', async (t) => {
  const root = project(t, '', '');

  await assert.rejects(open(root, { startLimitMs: 500 }), /it ended with SIGKILL/);
});

test('no engine is said with the way to get one', async (t) => {
  await assert.rejects(
    open(folder(t)),
    (error: EngineError) => error.code === 'no-engine' && /WHEEL/.test(error.message),
  );
});

test('only the last lines of a log are kept', async (t) => {
  const line = await open(
    project(
      t,
      'for (let i = 0; i < 600; i++) tell({ log: { text: String(i), lost: i === 599 ? 3 : 0 } }); tell({ id, value: null });',
    ),
  );

  await line.order('fill');
  await line.stop();

  assert.equal(line.logs.length, 500);
  assert.deepEqual(line.logs.slice(-2), ['… 3 lines lost', '599']);
});

test('a line cut anywhere is one line', async (t) => {
  const cut = 'const text = JSON.stringify({ id, value: "ä€😀" }) + "\\n"; const bytes = Buffer.from(text);';
  const line = await open(
    project(
      t,
      `${cut} let i = 0; const next = () => { if (i < bytes.length) process.stdout.write(bytes.subarray(i, ++i), () => setImmediate(next)); }; next();`,
    ),
  );

  assert.equal(await line.order('text'), 'ä€😀');
  await line.stop();
});
