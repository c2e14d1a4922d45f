/**
 * Reads a project with esbuild: which sources there are, how they import each other, and what is wrong with them.
 *
 * 1. A source that does not compile, and an import that leads nowhere, are noted and everything else is still read.
 * 2. What is noted here is all that esbuild has to say: warnings too.
 */

import { readFileSync, realpathSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, extname, join } from 'node:path';
import type { BuildFailure, BuildOptions, BuildResult, Message, Metafile, OnLoadArgs, Plugin } from 'esbuild';
import { type Esbuild, loaderOf } from './esbuild.js';
import { type Fault, faultOfMessage } from './faults.js';
import { matchesOf, patternsIn, withoutGlobs } from './globs.js';
import { scanImports } from './native.js';
import { packageOf } from './packages.js';
import { relativeTo } from './paths.js';

const ROUNDS_MAX = 30;
/** Inputs that are no files of the project. */
const OURS = /^(motia-|<)/;

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
 * Find all sources and what is wrong with them; `refused` are those of which it is known already.
 *
 * Raises what esbuild says when it is about no file: a configuration that cannot be read, a missing binary.
 */
export async function analyse(
  esbuild: Esbuild,
  task: Task,
  refused: ReadonlyMap<string, Fault> = new Map(),
): Promise<Analysis> {
  const known: Known = { broken: new Map(refused), missing: new Map(), globs: new Map(), linked: new Set() };
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = sizeOf(known);
    const matched = [...known.globs.values()].flat();
    const result = await esbuild
      .build({
        ...sharedOptions(task),
        entryPoints: [...new Set([...task.files, ...matched])].map((file) => ({
          in: join(task.root, file),
          out: file,
        })),
        outdir: join(task.root, '.motia'),
        bundle: true,
        splitting: true,
        format: 'esm',
        packages: 'external',
        external: ['*.node', 'motia-any'],
        plugins: [standIns(task, known)],
      })
      .catch((failure: BuildFailure) => failure);
    if (!Array.isArray(result.errors)) throw result;
    for (const error of result.errors) note(error, task.root, known);
    if ('metafile' in result) {
      for (const file of computing(result as BuildResult<{ metafile: true }>)) noteGlob(task.root, file, known);
      noteLinked(task, result as BuildResult<{ metafile: true }>, known.linked);
      if (sizeOf(known) === before) return read(task.root, result as BuildResult<{ metafile: true }>, known);
    }
    if (sizeOf(known) === before) throw result;
  }
  throw new Error(`the project still does not compile after ${ROUNDS_MAX} rounds`);
}

/** What the rounds so far have found out. */
interface Known {
  broken: Map<string, Fault>;
  missing: Map<string, Fault>;
  /** Source with partly computed imports to what they match. */
  globs: Map<string, string[]>;
  /** Packages that are TypeScript of the same workspace. */
  linked: Set<string>;
}

function sizeOf(known: Known): number {
  return known.broken.size + known.missing.size + known.globs.size + known.linked.size;
}

function note(error: Message, root: string, known: Known): void {
  const file = error.location?.file;
  if (!file || isConfiguration(file)) return;
  const unresolved = /^Could not resolve "(.+)"$/.exec(error.text)?.[1];
  const fault = faultOfMessage(error, file);
  if (unresolved !== undefined) known.missing.set(`${file}\0${unresolved}`, fault);
  // A folder that is imported by a computed name may hold files that are no code.
  else if (error.text.startsWith('No loader') && noteGlob(root, file, known)) return;
  else if (!known.broken.has(file)) known.broken.set(file, fault);
}

function noteGlob(root: string, file: string, known: Known): boolean {
  if (known.globs.has(file)) return false;
  const patterns = patternsIn(readFileSync(join(root, file), 'utf8'));
  if (patterns.length === 0) return false;
  known.globs.set(file, matchesOf(root, file, patterns));
  return true;
}

function computing(result: BuildResult<{ metafile: true }>): string[] {
  const matched = Object.entries(result.metafile.inputs)
    .filter(([, input]) => input.imports.some((one) => one.external && /^\.{1,2}\/.*\*/.test(one.path)))
    .map(([name]) => plain(name));
  const unmatched = result.warnings.filter((one) => one.id === 'empty-glob').flatMap((one) => one.location?.file ?? []);
  return [...matched, ...unmatched];
}

function isConfiguration(file: string): boolean {
  return /(^|\/)[jt]sconfig[^/]*\.json$/.test(file);
}

/** A module that has whatever name is asked of it, as far as esbuild can tell. */
const ANY = 'export default 0; export * from "motia-any"';

/** Puts an empty module of any names in the place of what is broken, so that the rest can be read. */
function standIns(task: Task, { broken, missing, globs, linked }: Known): Plugin {
  return {
    name: 'motia-stand-ins',
    setup(build) {
      if (linked.size > 0) {
        const names = [...linked].map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
        const filter = new RegExp(`^(${names})(/|$)`);
        build.onResolve({ filter }, (args) => linkedSource(args.path, args.resolveDir || task.root));
      }
      if (broken.size + missing.size + globs.size === 0) return;
      build.onResolve({ filter: /.*/ }, (args) => {
        const key = `${relativeTo(task.root, args.importer)}\0${args.path}`;
        return missing.has(key) ? { path: key, namespace: 'motia-missing' } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: 'motia-missing' }, () => ({ contents: ANY }));
      build.onLoad({ filter: /.*/, namespace: 'file' }, ({ path }: OnLoadArgs) => {
        const file = relativeTo(task.root, path);
        if (broken.has(file)) return { contents: ANY };
        if (!globs.has(file)) return undefined;
        return { contents: withoutGlobs(readFileSync(path, 'utf8')), loader: loaderOf(extname(path)) };
      });
    },
  };
}

/** A package of the same workspace that is TypeScript is part of the project: Node cannot read it. */
function linkedSource(specifier: string, folder: string): { path: string } | undefined {
  try {
    const path = realpathSync(createRequire(join(folder, 'x.js')).resolve(specifier));
    return /\.[mc]?tsx?$/.test(path) && !path.includes('/node_modules/') ? { path } : undefined;
  } catch {
    return undefined;
  }
}

function noteLinked(task: Task, result: BuildResult<{ metafile: true }>, linked: Set<string>): void {
  const asked = new Set<string>();
  for (const [name, { imports }] of Object.entries(result.metafile.inputs)) {
    const folder = join(task.root, dirname(plain(name)));
    for (const { path, external } of imports) {
      if (!external || /^([./#]|motia-any$)/.test(path) || isBuiltin(path) || Object.hasOwn(task.sdk, path)) continue;
      const key = `${path}\0${folder}`;
      if (asked.has(key)) continue;
      asked.add(key);
      if (linkedSource(path, folder)) linked.add(packageOf(path));
    }
  }
}

function read(root: string, result: BuildResult<{ metafile: true }>, { broken, missing, globs }: Known): Analysis {
  const { inputs } = result.metafile;
  const sources = [
    ...new Set(
      Object.keys(inputs)
        .filter((name) => !OURS.test(name))
        .map(plain),
    ),
  ].sort();
  const analysis: Analysis = {
    sources,
    commonJs: new Set(sources.filter((name) => inputs[name]?.format === 'cjs' && !broken.has(name))),
    graph: {},
    links: {},
    globs: new Set(globs.keys()),
    broken,
    missing,
    warnings: result.warnings.map((warning) => faultOfMessage(warning, 'tsconfig.json', 'warning')),
  };
  for (const [name, input] of Object.entries(inputs)) {
    if (!OURS.test(name)) readImports(analysis, plain(name), input, globs.get(plain(name)));
  }
  // What a broken source imports is read from its text: mending one of those may mend it.
  for (const [name, imported] of Object.entries(scanImports(root, [...broken.keys()]).graph)) {
    if (broken.has(name) || !analysis.graph[name]) analysis.graph[name] = imported;
  }
  return analysis;
}

/** `data.json with { type: 'json' }` is `data.json`. */
function plain(name: string): string {
  return name.replace(/ with \{.*\}$/, '');
}

function readImports(
  analysis: Analysis,
  name: string,
  input: Metafile['inputs'][string],
  matched: readonly string[] = [],
): void {
  const imported = new Set([...(analysis.graph[name] ?? []), ...matched]);
  const links: Record<string, string> = analysis.links[name] ?? {};
  for (const one of input.imports) {
    const path = plain(one.path);
    if (one.external || OURS.test(path)) continue;
    imported.add(path);
    if (one.original !== undefined) links[one.original] = path;
  }
  analysis.graph[name] = [...imported].sort();
  analysis.links[name] = links;
}
