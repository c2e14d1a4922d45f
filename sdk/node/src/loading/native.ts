/**
 * Projects of JavaScript alone: Node reads the files as they are, nothing has to be installed.
 *
 * What a file imports is read from its text, as far as names are written there, and heard from Node's hooks.
 */

import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { relativeTo } from './paths.js';

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])(\.{1,2}(?:\/[^'"\n]*)?)\1/g;
const ENDINGS = ['', '.js', '.json', '.mjs', '.cjs', '/index.js'];
const TYPESCRIPT_ENDINGS = ['.ts', '.tsx', '.mts', '.cts', '/index.ts', '/index.tsx'];
const FILES_MAX = 10_000;

/** What the files of a JavaScript project import, by reading their texts. */
export interface Scan {
  /** File to the files it names itself, relative to the root. */
  graph: Record<string, string[]>;
  /** The first file that imports TypeScript, and what it imports. */
  typescript: { importer: string; imported: string } | undefined;
}

/** Read `files` (relative to `root`) and what they name, as far as it lies in the project. */
export function scanImports(root: string, files: readonly string[]): Scan {
  const scan: Scan = { graph: {}, typescript: undefined };
  const todo = [...files];
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (scan.graph[file] || Object.keys(scan.graph).length >= FILES_MAX) continue;
    const names: string[] = [];
    scan.graph[file] = names;
    if (!/\.([mc]?[jt]s|[jt]sx)$/.test(file)) continue;
    for (const name of namesIn(join(root, file))) {
      const found = find(join(root, dirname(file), name));
      if (found === undefined || found.includes('/node_modules/')) continue;
      const imported = relativeTo(root, found);
      if (/\.([mc]?ts|tsx)$/.test(imported)) scan.typescript ??= { importer: file, imported };
      names.push(imported);
      todo.push(imported);
    }
  }
  return scan;
}

function namesIn(file: string): string[] {
  try {
    return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => match[2] ?? '');
  } catch {
    return [];
  }
}

function find(path: string): string | undefined {
  const swapped = /^(.*)\.([mc]?)js$/.exec(path);
  const others = swapped ? [`${swapped[1]}.${swapped[2]}ts`] : [];
  const tried = [...ENDINGS, ...TYPESCRIPT_ENDINGS].map((ending) => path + ending).concat(others);
  const found = tried.find((one) => statSync(one, { throwIfNoEntry: false })?.isFile());
  return found === undefined ? undefined : realpathSync(found);
}

/** Keep Node from advising every author without a package.json to write one; the returned function ends it. */
export function withoutModuleTypeAdvice(): () => void {
  const emit = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    const options = rest[0] as { code?: string } | string | undefined;
    const code = typeof options === 'object' ? options.code : rest[1];
    if (code === 'MODULE_TYPELESS_PACKAGE_JSON') return;
    (emit as (...all: unknown[]) => void).call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  return () => {
    process.emitWarning = emit;
  };
}
