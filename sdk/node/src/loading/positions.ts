/** Compiled or source places → the author's file. */

import { findSourceMap } from 'node:module';
import { relative, resolve } from 'node:path';

/** The author's place, relative to the working directory (the project root of a worker). */
export function authorPosition(path: string, line: number, column: number): { file: string; line: number } | undefined {
  const entry = findSourceMap(path)?.findEntry(line - 1, column - 1) as
    | { originalSource?: string; originalLine?: number }
    | undefined;
  if (entry?.originalSource !== undefined && entry.originalLine !== undefined) {
    const source = entry.originalSource.startsWith('file:')
      ? new URL(entry.originalSource).pathname
      : resolve(path, '..', entry.originalSource);
    return { file: relative(process.cwd(), source), line: entry.originalLine + 1 };
  }
  const file = relative(process.cwd(), path);
  return file.startsWith('..') ? undefined : { file, line };
}
