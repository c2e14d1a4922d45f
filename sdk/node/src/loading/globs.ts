/**
 * Imports whose names are partly computed: import(`./plugins/${name}.ts`).
 *
 * esbuild answers them by copying every match into the importer, a second instance of each. Here the matches
 * are compiled like everything else, and which of them is meant is decided when the import is carried out.
 */

import { readdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

const FILES_MAX = 2_000;
const COMPUTED = /\b(import|require)\(\s*(?=`|(['"])[^'"\n]*\2\s*\+)/g;
const TEMPLATE = /\b(?:import|require)\(\s*`([^`]*)`/g;
const SUM = /\b(?:import|require)\(\s*(['"])([^'"\n]*)\1\s*\+([^;\n)]*)/g;
const CODE = /\.([mc]?[jt]s|[jt]sx|json)$/;

/** Patterns of the relative paths that `text` may import, `*` for what is computed. */
export function patternsIn(text: string): string[] {
  const templates = [...text.matchAll(TEMPLATE)].map(([, body = '']) => body.replace(/\$\{[^}]*\}/g, '*'));
  const sums = [...text.matchAll(SUM)].map(([, , head = '', rest = '']) => {
    const tail = /\+\s*(['"])([^'"]*)\1\s*$/.exec(rest)?.[2] ?? '';
    return `${head}*${tail}`;
  });
  return [...templates, ...sums].filter((pattern) => /^\.{1,2}\/.*\*/.test(pattern));
}

/** The text with its computed imports left to run time: a name of ours in front is not understood by esbuild. */
export function withoutGlobs(text: string): string {
  return text.replace(COMPUTED, '$1(__motia_text+');
}

/** Files of code below `root` that the patterns of `importer` match; all relative to the root. */
export function matchesOf(root: string, importer: string, patterns: readonly string[]): string[] {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const full = posix.join(dirname(importer), pattern);
    const base = full.slice(0, full.lastIndexOf('/', full.indexOf('*')) + 1) || '.';
    if (base.startsWith('..')) continue;
    const expression = expressionOf(full);
    for (const file of filesBelow(root, posix.normalize(base))) {
      if (CODE.test(file) && expression.test(file)) found.add(file);
    }
  }
  return [...found].sort();
}

/** A pattern without ending, or with one of JavaScript, means TypeScript too. */
function expressionOf(pattern: string): RegExp {
  const swapped = /^(.*)\.([mc]?)js(x?)$/.exec(pattern);
  const stem = swapped ? (swapped[1] ?? '') : pattern;
  const text = stem.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  if (swapped) return new RegExp(`^${text}\\.${swapped[2]}[jt]sx?$`);
  return new RegExp(`^${text}${CODE.test(pattern) ? '' : '(/index)?(\\.[a-z]+)?'}$`);
}

function filesBelow(root: string, folder: string): string[] {
  const found: string[] = [];
  const todo = [folder.replace(/\/$/, '')];
  for (let one = todo.pop(); one !== undefined && found.length < FILES_MAX; one = todo.pop()) {
    for (const entry of entriesOf(join(root, one))) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = posix.join(one, entry.name);
      if (entry.isDirectory()) todo.push(path);
      else if (entry.isFile()) found.push(path);
    }
  }
  return found;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
