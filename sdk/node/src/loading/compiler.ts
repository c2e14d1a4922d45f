/**
 * Step files of a project in, modules ready to be imported out: from the cache, or compiled now.
 *
 * 1. When nothing has changed, esbuild is neither loaded nor started.
 * 2. What did not compile is never found in the cache: it is tried again with every load.
 * 3. esbuild's process has ended when the promise settles.
 */

import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { BuildFailure } from 'esbuild';
import { type Analysis, analyse, type Task } from './analysis.js';
import * as cache from './cache.js';
import { configsOf } from './configs.js';
import { emit } from './emitter.js';
import { type Esbuild, findEsbuild, loadEsbuild } from './esbuild.js';
import { type Fault, faultOfMessage } from './faults.js';
import { sdkSpecifiers } from './hooks.js';
import { relativeTo } from './paths.js';

const TRIES_MAX = 3;

/** A project as it is now, compiled. Sources are relative to the root, outputs absolute. */
export interface Build {
  outputs: Record<string, string>;
  graph: Record<string, string[]>;
  links: Record<string, Record<string, string>>;
  commonJs: string[];
  /** tsconfig and package.json files, relative to the root. */
  configs: string[];
  isComputed: boolean;
  warnings: Fault[];
  /** Sources that did not compile. */
  broken: ReadonlyMap<string, Fault>;
  isWarm: boolean;
}

/** What stands in the way of compiling anything at all. */
export class CannotCompile extends Error {
  constructor(
    message: string,
    readonly hint: string,
    readonly fault?: Fault,
  ) {
    super(message);
  }
}

/**
 * Compile `files` (relative to `root`, existing) and all project files that they import.
 *
 * Raises CannotCompile when esbuild is missing or refuses the configuration, or nothing can be written.
 */
export async function buildProject(
  root: string,
  files: readonly string[],
  sdkUrl: string,
  version: string,
): Promise<Build> {
  const task: Task = { root, files, sdk: sdkSpecifiers(sdkUrl) };
  const profile = cache.profileOf([root, sdkUrl, version, process.versions.node, ...files]);
  const place = findEsbuild(root, sdkUrl);
  // A project that was compiled before it became read-only is used as it is.
  const own = cache.findEntry(cache.ownFolder(root), profile, root, place?.version);
  if (own) return fromEntry(own);
  const folder = writableFolder(root);
  const other = folder === cache.ownFolder(root) ? undefined : cache.findEntry(folder, profile, root, place?.version);
  if (other) return fromEntry(other);
  if (!place) throw new CannotCompile('esbuild is not installed', 'motia install, or: npm install --save-dev esbuild');
  let esbuild: Esbuild | undefined;
  try {
    esbuild = loadEsbuild(place);
    return await compileAnew(esbuild, task, folder, profile, place.version);
  } catch (error) {
    throw error instanceof CannotCompile ? error : refusal(error);
  } finally {
    await esbuild?.stop();
    cache.evict(folder);
  }
}

function writableFolder(root: string): string {
  try {
    return cache.writableFolder(root);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const hint = 'make .motia in the project writable, or set TMPDIR to a folder that is';
    throw new CannotCompile(`what is compiled cannot be written anywhere: ${reason}`, hint);
  }
}

function refusal(error: unknown): CannotCompile {
  const first = (error as { errors?: Parameters<typeof faultOfMessage>[0][] }).errors?.[0];
  if (first) {
    const fault = faultOfMessage(first, 'tsconfig.json');
    return new CannotCompile(fault.message, fault.hint ?? '', fault);
  }
  const message = error instanceof Error ? error.message : String(error);
  const isOfDisk = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '');
  if (isOfDisk) return new CannotCompile(`what is compiled cannot be written: ${message}`, 'make room on the disk');
  return new CannotCompile(`esbuild failed: ${message.split('\n')[0]}`, 'reinstall it: npm install --save-dev esbuild');
}

async function compileAnew(
  esbuild: Esbuild,
  task: Task,
  folder: string,
  profile: string,
  compiler: string,
): Promise<Build> {
  const refused = new Map<string, Fault>();
  for (let left = TRIES_MAX; ; left--) {
    const analysis = await analyse(esbuild, task, refused);
    const sources = analysis.sources.map((source) => join(task.root, source));
    const configs = configsOf(sources);
    warnOfMetadata(analysis, configs.emitsMetadata, task.root);
    const read = [...analysis.sources, ...configs.files.map((file) => relativeTo(task.root, file))];
    const prints = cache.printsOf(task.root, read);
    const folders = cache.foldersOf(task.root, foldersOf(analysis));
    const isWhole = analysis.broken.size + analysis.missing.size === 0;
    const content = cache.hashOf(
      JSON.stringify([compiler, Object.entries(prints).map(([file, print]) => [file, print[2]]), folders]),
    );
    const directory = join(folder, `${profile}-${isWhole ? content : `broken-${randomUUID()}`}`);
    const compiled = await emit(esbuild, task, analysis, directory).catch((error: unknown) => {
      if (left > 1 && noteRefused(error, analysis, refused)) return undefined;
      throw error;
    });
    if (!compiled) continue;
    if (left > 1 && !cache.stillPrinted(task.root, prints)) continue;
    const manifest: cache.Manifest = {
      compiler,
      files: prints,
      folders,
      outputs: compiled.outputs,
      outputBytes: Object.fromEntries(
        Object.entries(compiled.texts).map(([name, text]) => [name, Buffer.byteLength(text)]),
      ),
      graph: analysis.graph,
      links: analysis.links,
      commonJs: [...analysis.commonJs],
      configs: configs.files.map((file) => relativeTo(task.root, file)),
      absent: configs.absent.map((file) => relativeTo(task.root, file)),
      isComputed: compiled.isComputed,
      warnings: analysis.warnings,
    };
    cache.writeEntry(directory, compiled.texts, isWhole ? manifest : undefined);
    return { ...fromEntry({ directory, manifest }), broken: analysis.broken, isWarm: false };
  }
}

function fromEntry({ directory, manifest }: cache.Entry): Build {
  const { graph, links, commonJs, configs, isComputed, warnings } = manifest;
  const outputs = Object.fromEntries(
    Object.entries(manifest.outputs).map(([source, output]) => [source, join(directory, output)]),
  );
  return { outputs, graph, links, commonJs, configs, isComputed, warnings, broken: new Map(), isWarm: true };
}

/** Sources that the first pass could read and the second cannot compile. */
function noteRefused(error: unknown, analysis: Analysis, refused: Map<string, Fault>): boolean {
  const before = refused.size;
  for (const message of (error as Partial<BuildFailure>).errors ?? []) {
    const file = message.location?.file;
    if (file !== undefined && analysis.sources.includes(file)) refused.set(file, faultOfMessage(message, file));
  }
  return refused.size > before;
}

/** Folders where a new file may change what an import of a source means. */
function foldersOf(analysis: Analysis): string[] {
  return [...new Set(analysis.sources.map((file) => dirname(file)))].sort();
}

function warnOfMetadata(analysis: Analysis, configs: readonly string[], root: string): void {
  for (const config of configs) {
    analysis.warnings.push({
      code: 'unsupported-option',
      file: relativeTo(root, config),
      message: 'emitDecoratorMetadata has no effect: types are removed file by file, so decorators get no design:type',
      hint: 'remove the option, and say types to decorators as arguments',
      severity: 'warning',
    });
  }
}
