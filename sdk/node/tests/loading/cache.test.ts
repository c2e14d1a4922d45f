import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as cache from '../../src/loading/cache.js';
import { folder, write } from './project.js';

function manifest(root: string, files: readonly string[]): cache.Manifest {
  return {
    compiler: '1',
    files: cache.printsOf(root, files),
    folders: cache.foldersOf(root, ['']),
    outputs: {},
    outputBytes: { 'a.mjs': 4 },
    graph: {},
    links: {},
    commonJs: [],
    configs: [],
    absent: ['tsconfig.json'],
    isComputed: false,
    warnings: [],
  };
}

function filled(): { root: string; at: string } {
  const root = folder();
  write(root, { 'a.ts': 'let a' });
  const at = cache.writableFolder(root);
  cache.writeEntry(join(at, 'profile-1'), { 'a.mjs': 'text' }, manifest(root, ['a.ts']));
  return { root, at };
}

test('what was written is found by its profile and compiler', () => {
  const { root, at } = filled();

  assert.equal(cache.findEntry(at, 'profile', root, '1')?.directory, join(at, 'profile-1'));
  assert.equal(cache.findEntry(at, 'profile', root, undefined)?.manifest.compiler, '1');
  assert.equal(cache.findEntry(at, 'profile', root, '2'), undefined);
  assert.equal(cache.findEntry(at, 'other', root, '1'), undefined);
});

test('configuration that appears, and code that may stand before other code, end it', () => {
  const { root, at } = filled();
  write(root, { 'notes.txt': '', 'motia.log': '' });
  assert.ok(cache.findEntry(at, 'profile', root, '1'), 'other files change nothing');

  write(root, { 'tsconfig.json': '{}' });

  assert.equal(cache.findEntry(at, 'profile', root, '1'), undefined);
});

test('a fresh file is compared by content, whatever its time says', () => {
  const { root } = filled();
  const prints = cache.printsOf(root, ['a.ts']);

  write(root, { 'a.ts': 'let b' });

  assert.equal(prints['a.ts']?.[0], 0);
  assert.equal(cache.stillPrinted(root, prints), false);
});

test('the second process to write the same keeps the first result', () => {
  const { root, at } = filled();

  cache.writeEntry(join(at, 'profile-1'), { 'a.mjs': 'text' }, manifest(root, ['a.ts']));

  assert.deepEqual(readdirSync(at), ['profile-1']);
});

test('a damaged result is replaced', () => {
  const { root, at } = filled();
  write(join(at, 'profile-1'), { 'a.mjs': 'cut' });
  assert.equal(cache.findEntry(at, 'profile', root, '1'), undefined);

  cache.writeEntry(join(at, 'profile-1'), { 'a.mjs': 'text' }, manifest(root, ['a.ts']));

  assert.ok(cache.findEntry(at, 'profile', root, '1'));
});

test('what is old or left over is removed, what is in use stays', () => {
  const at = cache.writableFolder(folder());
  const old = new Date(Date.now() - 3_600_000);
  for (let index = 0; index < 10; index++) {
    for (const profile of ['one', 'two']) {
      mkdirSync(join(at, `${profile}-${index}`));
      utimesSync(join(at, `${profile}-${index}`), old, new Date(old.getTime() + index * 1000));
    }
    if (index < 5) mkdirSync(join(at, `fresh-${index}`));
  }
  mkdirSync(join(at, '.writing-1'));
  utimesSync(join(at, '.writing-1'), old, old);
  mkdirSync(join(at, '.writing-2'));

  cache.evict(at);

  const left = readdirSync(at).sort();
  assert.equal(left.filter((name) => name.startsWith('fresh')).length, 5);
  assert.deepEqual(
    left.filter((name) => !name.startsWith('fresh')),
    ['.writing-2', 'one-7', 'one-8', 'one-9', 'two-7', 'two-8', 'two-9'],
  );
});

test('there is a bound even for what is in use', () => {
  const at = cache.writableFolder(folder());
  for (let index = 0; index < 40; index++) mkdirSync(join(at, `fresh-${index}`));

  cache.evict(at);

  assert.equal(readdirSync(at).length, 32);
});

test('a folder for temporary files that others may write is refused', () => {
  const root = folder();
  write(root, { '.motia': 'a file in the way' });
  const temporary = folder();
  const before = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
  try {
    const at = cache.writableFolder(root);
    assert.ok(at.startsWith(temporary) && existsSync(at) && tmpdir() === temporary);
    chmodSync(at, 0o777);

    assert.throws(() => cache.writableFolder(root), /belongs to somebody else/);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});

test('a folder for temporary files that is a link is refused', () => {
  const root = folder();
  write(root, { '.motia': 'a file in the way' });
  const temporary = folder();
  const before = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
  try {
    symlinkSync(folder(), join(temporary, `motia-${process.getuid?.() ?? -1}-${cache.hashOf(root).slice(0, 12)}`));

    assert.throws(() => cache.writableFolder(root), /belongs to somebody else/);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});
