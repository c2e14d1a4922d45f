/**
 * Compiled projects on disk: found again while nothing has changed, bounded, shared by worker processes.
 *
 * 1. A directory is complete from the moment it has its name: it is written under another one and renamed.
 * 2. What is found was compiled from exactly the sources, configuration, library and compiler of now. An edit
 *    within the clock's resolution of the compilation is found by content.
 * 3. At most KEPT directories stay, KEPT_EACH of one profile, older ones go; what was used in the last ten
 *    minutes stays as long as there are no more than KEPT_MAX.
 */

import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { Fault } from './faults.js';

const KEPT = 12;
const KEPT_EACH = 3;
const KEPT_MAX = 32;
const IN_USE_MS = 600_000;
const CLOCK_MS = 2_000;
const MANIFEST = 'manifest.json';

/** A file as it was compiled: the time it was written (0: too fresh to be trusted), its size, its content. */
type Print = readonly [mtimeMs: number, bytes: number, hash: string];

/** What a directory of the cache says about itself. Paths of sources are relative to the root. */
export interface Manifest {
  compiler: string;
  files: Record<string, Print>;
  /** Folder to a hash of the names in it that may change what an import means, or how files are compiled. */
  folders: Record<string, string>;
  /** Source to its output, relative to the directory. */
  outputs: Record<string, string>;
  outputBytes: Record<string, number>;
  graph: Record<string, string[]>;
  links: Record<string, Record<string, string>>;
  commonJs: string[];
  configs: string[];
  /** Places where configuration would count, and is not. */
  absent: string[];
  isComputed: boolean;
  warnings: Fault[];
}

/** A directory and what is in it. */
export interface Entry {
  directory: string;
  manifest: Manifest;
}

/** What all directories of one kind of load have in common: their name begins with it. */
export function profileOf(parts: readonly string[]): string {
  return hashOf(parts.join('\0')).slice(0, 12);
}

export function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** Where the cache of a project is looked for first. */
export function ownFolder(root: string): string {
  return join(root, '.motia', 'cache', 'node');
}

/**
 * The folder that the cache of a project is written to: inside it, or, when nothing can be written there, in the
 * system's folder for temporary files, with a link through which packages are found.
 *
 * Raises what the file system says when neither can be written.
 */
export function writableFolder(root: string): string {
  const own = ownFolder(root);
  try {
    mkdirSync(own, { recursive: true, mode: 0o700 });
    const probe = join(own, `.probe-${randomUUID()}`);
    writeFileSync(probe, '');
    rmSync(probe);
    return own;
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return temporaryFolder(root);
  }
}

function temporaryFolder(root: string): string {
  const { uid } = userInfo();
  const folder = join(tmpdir(), `motia-${uid}-${hashOf(root).slice(0, 12)}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const seen = lstatSync(folder);
  // Whoever owns this folder decides what the worker runs.
  if (!seen.isDirectory() || (uid >= 0 && seen.uid !== uid) || (seen.mode & 0o022) !== 0) {
    throw new Error(`${folder} belongs to somebody else; set TMPDIR to a folder of your own`);
  }
  for (let above = root; ; above = dirname(above)) {
    const packages = join(above, 'node_modules');
    if (existsSync(packages)) {
      linkOnce(packages, join(folder, 'node_modules'));
      break;
    }
    if (above === dirname(above)) break;
  }
  return folder;
}

function linkOnce(target: string, link: string): void {
  try {
    symlinkSync(target, link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** The newest directory of the profile that was compiled by `compiler` (undefined: by any) from what is there now. */
export function findEntry(
  folder: string,
  profile: string,
  root: string,
  compiler: string | undefined,
): Entry | undefined {
  for (const directory of directoriesOf(folder)
    .filter((one) => one.name.startsWith(`${profile}-`))
    .slice(0, 4)) {
    const entry = readEntry(join(folder, directory.name));
    if (!entry || (compiler !== undefined && entry.manifest.compiler !== compiler)) continue;
    if (!isCurrent(entry, root)) continue;
    touch(entry.directory);
    return entry;
  }
  return undefined;
}

function readEntry(directory: string): Entry | undefined {
  try {
    return { directory, manifest: JSON.parse(readFileSync(join(directory, MANIFEST), 'utf8')) as Manifest };
  } catch {
    return undefined;
  }
}

function isCurrent({ directory, manifest }: Entry, root: string): boolean {
  return (
    Object.entries(manifest.files).every(([file, print]) => isAsPrinted(join(root, file), print)) &&
    manifest.absent.every((file) => !existsSync(join(root, file))) &&
    Object.entries(manifest.folders).every(([name, names]) => namesIn(join(root, name)) === names) &&
    Object.entries(manifest.outputBytes).every(([name, bytes]) => sizeOf(join(directory, name)) === bytes)
  );
}

function isAsPrinted(path: string, [mtimeMs, bytes, hash]: Print): boolean {
  const seen = statSync(path, { throwIfNoEntry: false });
  if (!seen || seen.size !== bytes) return false;
  return seen.mtimeMs === mtimeMs || hashOf(readFileSync(path)) === hash;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? -1;
}

/** Prints of files, taken now; they stand for what is compiled after it. */
export function printsOf(root: string, files: readonly string[]): Record<string, Print> {
  const now = Date.now();
  return Object.fromEntries(
    files.map((file) => {
      const path = join(root, file);
      const seen = statSync(path);
      const trusted = now - seen.mtimeMs > CLOCK_MS ? seen.mtimeMs : 0;
      return [file, [trusted, seen.size, hashOf(readFileSync(path))] as const];
    }),
  );
}

/** Whether the files are still as they were printed. */
export function stillPrinted(root: string, prints: Record<string, Print>): boolean {
  return Object.entries(prints).every(([file, print]) => isAsPrinted(join(root, file), print));
}

/** Hashes of the names in folders; a folder that is not there counts as empty. */
export function foldersOf(root: string, folders: Iterable<string>): Record<string, string> {
  return Object.fromEntries([...new Set(folders)].map((folder) => [folder, namesIn(join(root, folder))]));
}

const COUNTING = /\.([mc]?[jt]s|[jt]sx|json)$/;

function namesIn(folder: string): string {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter(
      (entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules',
    );
    const names = entries
      .filter((entry) => entry.isDirectory() || COUNTING.test(entry.name))
      .map((entry) => entry.name);
    return hashOf(names.sort().join('\0'));
  } catch {
    return '';
  }
}

/** Write `texts` into `directory` at once; when another process was faster, its result stays. */
export function writeEntry(directory: string, texts: Record<string, string>, manifest: Manifest | undefined): void {
  const writing = join(dirname(directory), `.writing-${process.pid}-${randomUUID()}`);
  const all = manifest ? { ...texts, [MANIFEST]: JSON.stringify(manifest) } : texts;
  try {
    const made = new Set<string>();
    for (const [name, text] of Object.entries(all)) {
      const path = join(writing, name);
      if (!made.has(dirname(path))) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      made.add(dirname(path));
      writeFileSync(path, text, { mode: 0o600 });
    }
    place(writing, directory, manifest !== undefined);
  } finally {
    rmSync(writing, { recursive: true, force: true });
  }
}

function place(from: string, to: string, isShared: boolean): void {
  try {
    renameSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    const there = isShared ? readEntry(to) : undefined;
    if (there && Object.entries(there.manifest.outputBytes).every(([name, bytes]) => sizeOf(join(to, name)) === bytes))
      return;
    // What is there was damaged: it moves out of the way first.
    renameSync(to, join(dirname(to), `.damaged-${randomUUID()}`));
    renameSync(from, to);
  }
}

function touch(directory: string): void {
  try {
    const now = new Date();
    utimesSync(directory, now, now);
  } catch {
    // on a read-only project the cache is used as it is
  }
}

interface Dated {
  name: string;
  usedMs: number;
}

function directoriesOf(folder: string): Dated[] {
  try {
    return readdirSync(folder)
      .map((name) => ({ name, usedMs: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
      .filter(({ name }) => name !== 'node_modules')
      .sort((a, b) => b.usedMs - a.usedMs);
  } catch {
    return [];
  }
}

/** Remove what has not been used for long; what is left by crashes too. Never fails. */
export function evict(folder: string): void {
  const old = Date.now() - IN_USE_MS;
  const ofProfile = new Map<string, number>();
  let kept = 0;
  for (const { name, usedMs } of directoriesOf(folder)) {
    const profile = name.split('-')[0] ?? '';
    const rank = (ofProfile.get(profile) ?? 0) + 1;
    ofProfile.set(profile, rank);
    const isWhole = !name.startsWith('.');
    const isInUse = usedMs > old && (!isWhole || kept < KEPT_MAX);
    if (isInUse || (isWhole && rank <= KEPT_EACH && kept < KEPT)) kept += isWhole ? 1 : 0;
    else remove(join(folder, name));
  }
}

function remove(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // another process is at it
  }
}
