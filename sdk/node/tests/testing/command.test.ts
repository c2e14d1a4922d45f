/** The `motia` command of the package: becomes the engine, as far as can be. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder, program } from './world.js';

const MOTIA = process.env.MOTIA_COMMAND ?? join(process.cwd(), 'bin', 'motia.mjs');

function start(t: TestContext, engine: string | undefined, ...args: string[]): ChildProcess {
  const root = folder(t);
  if (engine !== undefined) program(join(root, '.venv', 'bin', 'motia'), engine);
  const child = spawn(process.execPath, [MOTIA, ...args], { cwd: root, env: { PATH: '/bin:/usr/bin' }, stdio: 'pipe' });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

async function ended(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null; out: string; err: string }> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (piece) => (out += piece));
  child.stderr?.on('data', (piece) => (err += piece));
  const [code, signal] = await once(child, 'close');
  return { code, signal, out, err };
}

test('arguments, input, output and exit code are those of the engine', async (t) => {
  const child = start(t, 'echo "$@"; cat >&2; exit 7', 'runs', 'list', '--limit', '3');
  child.stdin?.end('typed');

  assert.deepEqual(await ended(child), { code: 7, signal: null, out: 'runs list --limit 3\n', err: 'typed' });
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} is passed on once, and the engine ends as it likes`, async (t) => {
    const engine =
      "// node\nlet n = 0; process.on('SIG', () => { n++; setTimeout(() => { console.log(n); process.exit(3); }, 100); }); setInterval(() => {}, 1e9); console.log('up');";
    const child = start(t, engine.replace('SIG', signal));
    await once(child.stdout as NodeJS.ReadableStream, 'data');

    child.kill(signal);

    const { code, out } = await ended(child);
    assert.deepEqual([code, out], [3, '1\n']);
  });
}

test('an engine that a signal ends is the end of the command by that signal', async (t) => {
  assert.equal((await ended(start(t, 'kill -KILL $$'))).signal, 'SIGKILL');
});

test('without an engine it says how to get one and ends with 1', async (t) => {
  const child = spawn(process.execPath, [MOTIA, 'dev'], { cwd: folder(t), env: { PATH: '/nowhere' }, stdio: 'pipe' });

  const { code, out, err } = await ended(child);

  assert.deepEqual([code, out], [1, '']);
  assert.match(err, /The engine of Motia is not here/);
  assert.match(err, /pip install WHEEL/);
});

test('a variable that names nothing is said', async (t) => {
  const env = { PATH: '/nowhere', MOTIA_ENGINE: '/nowhere/motia' };
  const child = spawn(process.execPath, [MOTIA, 'dev'], { cwd: folder(t), env, stdio: 'pipe' });

  const { code, err } = await ended(child);

  assert.equal(code, 1);
  assert.match(err, /^motia: MOTIA_ENGINE is \/nowhere\/motia, which is no program/);
});
