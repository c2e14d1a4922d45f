/** Finding the engine. */
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { findEngine, howToGetTheEngine } from '../../src/testing/engine.js';
import { folder, program } from './world.js';

const NOWHERE = { PATH: '/nowhere' };

test('a variable names the program, or the Python that has it', (t) => {
  const root = folder(t);
  const motia = program(join(root, 'anything'), 'exit 0');
  const python = program(join(root, 'python3.12'), 'exit 0');

  assert.deepEqual(findEngine(root, { MOTIA_ENGINE: motia }), { command: motia, args: [], source: 'MOTIA_ENGINE' });
  assert.deepEqual(findEngine(root, { MOTIA_ENGINE: python })?.args, ['-P', '-m', 'motia']);
  assert.equal(findEngine(root, { MOTIA_ENGINE: 'anything', PATH: root })?.command, motia);
});

test('a variable that names nothing is an error, not passed over', (t) => {
  const root = folder(t);
  program(join(root, '.venv', 'bin', 'motia'), 'exit 0');

  assert.throws(() => findEngine(root, { MOTIA_ENGINE: '/nowhere/motia' }), /MOTIA_ENGINE is \/nowhere\/motia/);
});

test('the nearest .venv above goes before the PATH', (t) => {
  const root = folder(t);
  const inner = join(root, 'a', 'b');
  mkdirSync(inner, { recursive: true });
  program(join(root, 'bin', 'motia'), 'exit 0');
  const near = program(join(root, 'a', '.venv', 'bin', 'motia'), 'exit 0');
  program(join(root, '.venv', 'bin', 'motia'), 'exit 0');

  assert.equal(findEngine(inner, { PATH: join(root, 'bin') })?.command, near);
});

test('the command of an npm package is not the engine, linked or copied', (t) => {
  const root = folder(t);
  const real = program(join(root, 'lib', 'node_modules', '@motia', 'core', 'bin', 'motia.mjs'), 'exit 0');
  mkdirSync(join(root, 'global'));
  symlinkSync(real, join(root, 'global', 'motia'));
  program(join(root, 'node_modules', '.bin', 'motia'), 'exit 0');
  const engine = program(join(root, 'bin', 'motia'), 'exit 0');
  const PATH = ['global', 'node_modules/.bin', 'bin'].map((name) => join(root, name)).join(delimiter);

  assert.deepEqual(findEngine(root, { PATH }), { command: engine, args: [], source: 'PATH' });
});

test('a Python that has the engine is the last resort', (t) => {
  const root = folder(t);
  const python = program(join(root, 'python3'), '[ "$*" = "-P -m motia --version" ] && echo "motia 1.2.3"');

  assert.deepEqual(findEngine(root, { PATH: root }), {
    command: python,
    args: ['-P', '-m', 'motia'],
    source: 'python',
  });
});

test('a Python with a package motia of somebody else is none', (t) => {
  const root = folder(t);
  program(join(root, 'python3'), 'echo "Motia SDK"');
  program(join(root, 'python'), 'exit 1');

  assert.equal(findEngine(root, { PATH: root }), undefined);
});

test('without any, the way to get one never names a package of a registry', (t) => {
  assert.equal(findEngine(folder(t), NOWHERE), undefined);
  assert.match(howToGetTheEngine(), /pip install WHEEL/);
  assert.doesNotMatch(howToGetTheEngine(), /install (@?motia|motia-engine)/);
});
