/**
 * Places in compiled files back to the author's files.
 *
 * 1. A place outside the project, in a package or in the cache itself, has no author's position.
 * 2. Files are answered relative to the root of the project that was loaded last.
 */

import { readFileSync } from 'node:fs';
import { findSourceMap, SourceMap, type SourceMapPayload } from 'node:module';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAPS_MAX = 2_000;
const INLINE_MAP = /\n\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/;

let projectRoot = process.cwd();
const sourceOfOutput = new Map<string, string>();
const sources = new Set<string>();
const maps = new Map<string, SourceMap | undefined>();

/** Compiled files and their sources (absolute paths), and the root that answers are relative to. */
export function noteOutputs(root: string, outputs: Iterable<readonly [output: string, source: string]>): void {
  projectRoot = root;
  for (const [output, source] of outputs) {
    sourceOfOutput.set(output, source);
    sources.add(source);
  }
}

/**
 * The author's place of a compiled or source place.
 *
 * Args: a path or a file: URL; line and column from 1. Undefined for what no author of this project wrote.
 */
export function authorPosition(path: string, line: number, column: number): { file: string; line: number } | undefined {
  const file = asPath(path);
  if (file === undefined) return undefined;
  const source = sourceOfOutput.get(file);
  if (source === undefined) return shown(file, line);
  const entry = mapOf(file)?.findEntry(line - 1, Math.max(0, column - 1));
  if (!entry || !('originalSource' in entry)) return shown(source, line === 1 ? 1 : 0);
  const original = asPath(entry.originalSource);
  return shown(original && isAbsolute(original) ? original : source, entry.originalLine + 1);
}

function asPath(place: string): string | undefined {
  try {
    if (place.startsWith('file:')) return fileURLToPath(place.replace(/[?#].*$/, ''));
  } catch {
    return undefined;
  }
  return isAbsolute(place) ? resolve(place) : undefined;
}

function shown(file: string, line: number): { file: string; line: number } | undefined {
  const name = relative(projectRoot, file);
  const parts = name.split(sep);
  if (parts.includes('node_modules') || parts[0] === '.motia') return undefined;
  if (parts[0] === '..' && !sources.has(file)) return undefined;
  return { file: parts.join('/'), line };
}

function mapOf(output: string): SourceMap | undefined {
  const known = findSourceMap(output) ?? maps.get(output);
  if (known || maps.has(output)) return known;
  if (maps.size >= MAPS_MAX) maps.clear();
  const read = readMap(output);
  maps.set(output, read);
  return read;
}

function readMap(output: string): SourceMap | undefined {
  try {
    const inline = INLINE_MAP.exec(readFileSync(output, 'utf8'))?.[1];
    if (!inline) return undefined;
    return new SourceMap(JSON.parse(Buffer.from(inline, 'base64').toString()) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
