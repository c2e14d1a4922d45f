/**
 * Reads a project with esbuild: which sources there are, how they import each other, and what is wrong with them.
 *
 * 1. A source that does not compile, and an import that leads nowhere, are noted and everything else is still read.
 * 2. What is noted here is all that esbuild has to say: warnings too.
 */

import { type Dirent, readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import type { BuildFailure, BuildOptions, BuildResult, Message, Metafile, OnLoadArgs, Plugin } from 'esbuild';
import type { Esbuild } from './esbuild.js';
import { type Fault, faultOfMessage } from './faults.js';

const ROUNDS_MAX = 30;

/** What the sources are and how they hang together; all paths relative to the root, with `/`. */
export interface Analysis {
  sources: string[];
  /** Sources that are CommonJS. */
  commonJs: Set<string>;
  /** Source to the sources it imports itself, computed names by their pattern. */
  graph: Record<string, string[]>;
  /** Source to what its specifiers mean. */
  links: Record<string, Record<string, string>>;
  /** Sources with imports whose names are partly computed. */
  globs: Set<string>;
  broken: Map<string, Fault>;
  /** `source NUL specifier` of imports that lead nowhere. */
  missing: Map<string, Fault>;
  warnings: Fault[];
}

/** What a compilation is about. */
export interface Task {
  root: string;
  /** Step files relative to the root. */
  files: readonly string[];
  /** Specifier to URL of the engine's own library. */
  sdk: Record<string, string>;
}

/** Options that both passes share: they must see the same modules. */
export function sharedOptions(task: Task): BuildOptions {
  return {
    absWorkingDir: task.root,
    platform: 'node',
    target: `node${process.versions.node}`,
    charset: 'utf8',
    logLevel: 'silent',
    logLimit: 0,
    write: false,
    metafile: true,
    // What a package.json calls free of side effects was still written to run.
    ignoreAnnotations: true,
    treeShaking: false,
    define: {
      'import.meta': '__motia_meta',
      __dirname: '__motia_dirname',
      __filename: '__motia_filename',
    },
  };
}

/**
 * Find all sources and what is wrong with them.
 *
 * Raises what esbuild says when it is about no file: a configuration that cannot be read, a missing binary.
 */
export async function analyse(esbuild: Esbuild, task: Task): Promise<Analysis> {
  const broken = new Map<string, Fault>();
  const missing = new Map<string, Fault>();
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const result = await esbuild
      .build({
        ...sharedOptions(task),
        entryPoints: task.files.map((file) => ({ in: join(task.root, file), out: file })),
        outdir: join(task.root, '.motia'),
        bundle: true,
        splitting: true,
        format: 'esm',
        packages: 'external',
        external: ['*.node'],
        plugins: [standIns(task, broken, missing)],
      })
      .catch((failure: BuildFailure) => failure);
    if (!('errors' in result) || !Array.isArray(result.errors)) throw result;
    if ('metafile' in result) return read(task, result as BuildResult<{ metafile: true }>, broken, missing);
    const before = broken.size + missing.size;
    for (const error of result.errors) note(error, broken, missing);
    if (broken.size + missing.size === before) throw result;
  }
  throw new Error(`the project still does not compile after ${ROUNDS_MAX} rounds`);
}

function note(error: Message, broken: Map<string, Fault>, missing: Map<string, Fault>): void {
  const file = error.location?.file;
  if (!file || isConfiguration(file)) return;
  const unresolved = /^Could not resolve "(.+)"$/.exec(error.text)?.[1];
  const fault = faultOfMessage(error, file);
  if (unresolved !== undefined) missing.set(`${file}\0${unresolved}`, fault);
  else if (!broken.has(file)) broken.set(file, fault);
}

function isConfiguration(file: string): boolean {
  return /(^|\/)[jt]sconfig[^/]*\.json$/.test(file);
}

/** Puts an empty module of any names in the place of what is broken, so that the rest can be read. */
function standIns(task: Task, broken: Map<string, Fault>, missing: Map<string, Fault>): Plugin {
  return {
    name: 'motia-stand-ins',
    setup(build) {
      const linked = linkedPackages(task.root).filter((name) => name !== '@motia/core');
      if (linked.length > 0) {
        const names = linked.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
        const filter = new RegExp(`^(${names})(/|$)`);
        build.onResolve({ filter }, (args) => linkedSource(task, args.path, args.resolveDir));
      }
      if (broken.size + missing.size === 0) return;
      build.onResolve({ filter: /.*/ }, (args) => {
        const key = `${relativeTo(task.root, args.importer)}\0${args.path}`;
        return missing.has(key) ? { path: key, namespace: 'motia-missing' } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: 'motia-missing' }, () => ({ contents: 'module.exports = {}' }));
      build.onLoad({ filter: /.*/, namespace: 'file' }, (args: OnLoadArgs) =>
        broken.has(relativeTo(task.root, args.path)) ? { contents: 'module.exports = {}' } : undefined,
      );
    },
  };
}

/** Packages of the same workspace: links in a node_modules that lead out of it. */
function linkedPackages(root: string): string[] {
  const found = new Set<string>();
  for (let folder = root; ; folder = dirname(folder)) {
    for (const name of linksIn(join(folder, 'node_modules'))) found.add(name);
    if (folder === dirname(folder)) return [...found];
  }
}

function linksIn(packages: string): string[] {
  const scopes = entriesOf(packages).filter((entry) => entry.name.startsWith('@') && entry.isDirectory());
  const all = [
    ...entriesOf(packages).map((entry) => ({ entry, name: entry.name })),
    ...scopes.flatMap(({ name: scope }) =>
      entriesOf(join(packages, scope)).map((entry) => ({ entry, name: `${scope}/${entry.name}` })),
    ),
  ];
  return all
    .filter(({ entry, name }) => entry.isSymbolicLink() && isOutside(join(packages, name)))
    .map(({ name }) => name);
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isOutside(link: string): boolean {
  try {
    return !realpathSync(link).includes('/node_modules/');
  } catch {
    return false;
  }
}

/** A package of the same workspace that is TypeScript is part of the project: Node cannot read it. */
function linkedSource(task: Task, specifier: string, from: string): { path: string } | undefined {
  try {
    const path = realpathSync(createRequire(join(from || task.root, 'x.js')).resolve(specifier));
    return /\.[mc]?tsx?$/.test(path) && !path.includes('/node_modules/') ? { path } : undefined;
  } catch {
    return undefined;
  }
}

function read(
  task: Task,
  result: BuildResult<{ metafile: true }>,
  broken: Map<string, Fault>,
  missing: Map<string, Fault>,
): Analysis {
  const { inputs } = result.metafile;
  const sources = [...new Set(Object.keys(inputs).filter((name) => !/^(motia-|<)/.test(name)).map(plain))].sort();
  const analysis: Analysis = {
    sources,
    commonJs: new Set(sources.filter((name) => inputs[name]?.format === 'cjs' && !broken.has(name))),
    graph: {},
    links: {},
    globs: new Set(),
    broken,
    missing,
    warnings: result.warnings.map((warning) => faultOfMessage(warning, 'tsconfig.json', 'warning')),
  };
  for (const [name, input] of Object.entries(inputs)) readImports(analysis, plain(name), input, task.root);
  return analysis;
}

/** `data.json with { type: 'json' }` is `data.json`. */
function plain(name: string): string {
  return name.replace(/ with \{.*\}$/, '');
}

function readImports(analysis: Analysis, name: string, input: Metafile['inputs'][string], root: string): void {
  const imported = new Set(analysis.graph[name]);
  const links: Record<string, string> = analysis.links[name] ?? {};
  for (const one of input.imports) {
    const path = plain(one.path);
    if (one.external && /[*]/.test(path) && /^\.{1,2}\//.test(path)) {
      analysis.globs.add(name);
      for (const match of matching(path, name, root, analysis.sources)) imported.add(match);
    } else if (!one.external && !/^(motia-|<)/.test(path)) {
      imported.add(path);
      if (one.original !== undefined) links[one.original] = path;
    }
  }
  analysis.graph[name] = [...imported].sort();
  analysis.links[name] = links;
}

function matching(pattern: string, importer: string, root: string, sources: readonly string[]): string[] {
  const full = relativeTo(root, resolve(root, dirname(importer), pattern));
  const text = full
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**/*', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '.*');
  const expression = new RegExp(`^${text}$`);
  return sources.filter((source) => expression.test(source));
}

/** `path` (absolute) relative to `root`, with `/`. */
export function relativeTo(root: string, path: string): string {
  return relative(root, path).replaceAll('\\', '/');
}
