/** Folders and programs for tests of `testing/`: an engine that is a script, and says what it was asked. */
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

/** A folder that goes when the test ends. */
export function folder(t: TestContext): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'motia-testing-')));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A program at `path`, written in shell, or in this Node when it has a line `// node`. */
export function program(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  const head = text.startsWith('// node') ? `#!${process.execPath}` : '#!/bin/sh';
  writeFileSync(path, `${head}\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A project whose `.venv` has an engine that answers each order with what `answer` (source text) makes of it. */
export function project(
  t: TestContext,
  answer: string,
  start = 'tell({ ready: { api: "http://127.0.0.1:9" } });',
): string {
  const root = folder(t);
  mkdirSync(join(root, 'motia', 'steps'), { recursive: true });
  program(
    join(root, '.venv', 'bin', 'motia'),
    `// node
const tell = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
const { argv, env } = process;
${start}
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, op, args } = JSON.parse(line);
  ${answer}
});`,
  );
  return root;
}
