/** Where a JavaScript file cannot be read: Node's own check, for errors that come without their place. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FILES_MAX = 20;
const CHECK_LIMIT_MS = 5_000;
const MODULE = /^[ \t]*(import\b\s*[\w{*'"(]|export\b)/m;

/** A file that is no JavaScript: the place, and what Node says about it. */
export interface SyntaxPlace {
  /** Relative to the root. */
  file: string;
  line: number;
  column: number;
  message: string;
  text: string;
}

/** The first of `files` (relative to `root`) that Node cannot read. Starts a process for each of at most 20. */
export function findSyntaxError(root: string, files: readonly string[]): SyntaxPlace | undefined {
  const scripts = files.filter((file) => /\.([mc]?js)$/.test(file)).slice(0, FILES_MAX);
  const folder = mkdtempSync(join(tmpdir(), 'motia-syntax-'));
  try {
    for (const file of scripts) {
      const found = check(root, file, folder);
      if (found) return found;
    }
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function check(root: string, file: string, folder: string): SyntaxPlace | undefined {
  let text: string;
  try {
    text = readFileSync(join(root, file), 'utf8');
  } catch {
    return undefined;
  }
  // A copy: for a .js without a package.json Node would check it as CommonJS, whatever it is.
  const isModule = file.endsWith('.mjs') || (!file.endsWith('.cjs') && MODULE.test(text));
  const copy = join(folder, isModule ? 'copy.mjs' : 'copy.cjs');
  writeFileSync(copy, text);
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stderr } = spawnSync(process.execPath, ['--check', copy], { encoding: 'utf8', timeout: CHECK_LIMIT_MS, env });
  return placeIn(stderr ?? '', file);
}

function placeIn(output: string, file: string): SyntaxPlace | undefined {
  const lines = output.split('\n');
  const at = lines.findIndex((line) => /copy\.[mc]js:\d+$/.test(line));
  const message = lines.find((line) => line.startsWith('SyntaxError: '))?.slice('SyntaxError: '.length);
  if (at < 0 || message === undefined) return undefined;
  const line = Number(/:(\d+)$/.exec(lines[at] ?? '')?.[1]);
  return { file, line, column: Math.max(0, (lines[at + 2] ?? '').indexOf('^')), message, text: lines[at + 1] ?? '' };
}
