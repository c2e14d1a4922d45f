/**
 * Analysed sources in, texts that Node runs out: one output for each source, in its own place.
 *
 * 1. Nothing is merged: modules are evaluated in the order, and as often, as their author wrote them.
 *    (esbuild's splitting moves shared modules before everything else; see decision 5.)
 * 2. A source that does not compile costs only those that import it: they get a module that throws its fault.
 * 3. `import.meta`, `__dirname`, `__filename` and `require` of an output are those of its source.
 */

import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildResult, OnResolveArgs, OnResolveResult, Plugin } from 'esbuild';
import { type Analysis, sharedOptions, type Task } from './analysis.js';
import { type Esbuild, loaderOf } from './esbuild.js';
import type { Fault } from './faults.js';
import { withoutGlobs } from './globs.js';
import { relativeTo } from './paths.js';
import { exportMissingTypes, type Module } from './type-exports.js';

/** Texts to be written into a directory, and how to find them. */
export interface Compiled {
  /** Source to its output, relative to the directory. */
  outputs: Record<string, string>;
  /** Output to its text. */
  texts: Record<string, string>;
  /** Some import is only known at run time, so that imports have to go through a hook. */
  isComputed: boolean;
}

/** Compile everything that `analyse` found, to be placed in `directory` (absolute). */
export async function emit(esbuild: Esbuild, task: Task, analysis: Analysis, directory: string): Promise<Compiled> {
  const emission = new Emission(task, analysis, directory);
  const working = analysis.sources.filter((source) => !analysis.broken.has(source));
  const [modules, commonJs] = await Promise.all([
    emission.build(
      esbuild,
      working.filter((source) => !analysis.commonJs.has(source)),
      'esm',
    ),
    emission.build(
      esbuild,
      working.filter((source) => analysis.commonJs.has(source)),
      'cjs',
    ),
  ]);
  exportMissingTypes(modules, (source) => emission.urlOf(source));
  const texts: Record<string, string> = {};
  for (const one of [...modules, ...commonJs]) texts[emission.outputOf(one.source)] = emission.finish(one);
  for (const [source, fault] of analysis.broken) texts[emission.outputOf(source)] = throwing(fault);
  return {
    outputs: Object.fromEntries(analysis.sources.map((source) => [source, emission.outputOf(source)])),
    texts,
    isComputed:
      modules.some((one) => /\bimport\((?!\s*")/.test(one.text)) || commonJs.some((one) => /\bimport\(/.test(one.text)),
  };
}

class Emission {
  constructor(
    private readonly task: Task,
    private readonly analysis: Analysis,
    private readonly directory: string,
  ) {}

  /** Where the output of `source` goes, relative to the directory; what lies above the root goes below `__`. */
  outputOf(source: string): string {
    const isCommonJs = this.analysis.commonJs.has(source) || this.analysis.broken.has(source);
    return source.replace(/(^|\/)\.\.(?=\/)/g, '$1__') + (isCommonJs ? '.cjs' : '.mjs');
  }

  urlOf(source: string): string {
    return pathToFileURL(join(this.directory, this.outputOf(source))).href;
  }

  async build(esbuild: Esbuild, sources: readonly string[], format: 'esm' | 'cjs'): Promise<Module[]> {
    if (sources.length === 0) return [];
    const isModule = format === 'esm';
    const result = await esbuild.build({
      ...sharedOptions(this.task),
      entryPoints: sources.map((source) => ({ in: join(this.task.root, source), out: stem(this.outputOf(source)) })),
      outdir: this.directory,
      outExtension: { '.js': isModule ? '.mjs' : '.cjs' },
      format,
      bundle: isModule,
      sourcemap: 'external',
      sourcesContent: false,
      plugins: isModule ? [this.imports()] : [],
    });
    return this.read(result as BuildResult<{ metafile: true; write: false }>, sources);
  }

  private read(result: BuildResult<{ metafile: true; write: false }>, sources: readonly string[]): Module[] {
    const texts = new Map(result.outputFiles.map((file) => [file.path, file.text]));
    const exported = new Map(
      Object.entries(result.metafile.outputs).map(([name, output]) => [join(this.task.root, name), output.exports]),
    );
    return sources.map((source) => {
      const path = join(this.directory, this.outputOf(source));
      return {
        source,
        text: texts.get(path) ?? '',
        map: texts.get(`${path}.map`) ?? '{}',
        exports: exported.get(path) ?? [],
      };
    });
  }

  /** Sends every import to the output of what it means. */
  private imports(): Plugin {
    const { analysis, task } = this;
    return {
      name: 'motia-imports',
      setup: (build) => {
        build.onResolve({ filter: /.*/ }, (args) => (args.kind === 'entry-point' ? undefined : this.resolve(args)));
        build.onLoad({ filter: /.*/, namespace: 'motia-throws' }, (args) => ({
          contents: `module.exports = {};\n${throwing(args.pluginData as Fault)}`,
        }));
        if (analysis.globs.size === 0) return;
        build.onLoad({ filter: /.*/, namespace: 'file' }, async (args) => {
          if (!analysis.globs.has(relativeTo(task.root, args.path))) return undefined;
          const text = await readFile(args.path, 'utf8');
          return { contents: withoutGlobs(text), loader: loaderOf(extname(args.path)) };
        });
      },
    };
  }

  private resolve(args: OnResolveArgs): OnResolveResult {
    const { analysis, task } = this;
    const core = Object.hasOwn(task.sdk, args.path) ? task.sdk[args.path] : undefined;
    if (core !== undefined) return external(core);
    const importer = relativeTo(task.root, args.importer);
    const links = analysis.links[importer] ?? {};
    const target = Object.hasOwn(links, args.path) ? links[args.path] : undefined;
    const fault =
      target === undefined ? analysis.missing.get(`${importer}\0${args.path}`) : analysis.broken.get(target);
    if (fault) return { path: `${fault.file}:${args.path}`, namespace: 'motia-throws', pluginData: fault };
    if (target === undefined) return external(args.path);
    const source = join(task.root, target);
    // `require` finds outputs by itself (hooks.ts), and Node reads JSON when it is told to.
    if (args.kind.startsWith('require')) return external(source);
    if (args.with.type === 'json') return external(pathToFileURL(source).href);
    return external(this.urlOf(target));
  }

  /** The text with what makes it feel at home, and with its map. */
  finish({ source, text, map }: Module): string {
    const prologue = this.prologue(source, text);
    const path = join(this.directory, this.outputOf(source));
    const read = JSON.parse(map) as { sources?: string[]; mappings?: string };
    const sources = (read.sources ?? []).map((name) =>
      name.startsWith('motia-') ? name : pathToFileURL(join(dirname(path), name)).href,
    );
    const payload = JSON.stringify({ ...read, sources, mappings: `;${read.mappings ?? ''}` });
    const encoded = Buffer.from(payload).toString('base64');
    const body = text.replace(/^#!/, '//') + (this.analysis.commonJs.has(source) ? namesForNode(text) : '');
    return `${prologue}\n${body}\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`;
  }

  private prologue(source: string, text: string): string {
    const path = join(this.task.root, source);
    const url = JSON.stringify(pathToFileURL(path).href);
    const isCommonJs = this.analysis.commonJs.has(source);
    const parts: string[] = [];
    if (isCommonJs && /^["']use strict["']/.test(text)) parts.push('"use strict";');
    if (/\brequire\b/.test(text)) {
      parts.push(
        isCommonJs
          ? `require = require("node:module").createRequire(${url});`
          : `import { createRequire as __motia_create } from "node:module"; const require = __motia_create(${url});`,
      );
    }
    const folder = JSON.stringify(dirname(path));
    const file = JSON.stringify(path);
    if (text.includes('__motia_meta')) {
      const native = isCommonJs
        ? `require("node:url").pathToFileURL(require.resolve(s)).href`
        : 'import.meta.resolve(s)';
      const resolving = `(s) => /^(\\.{0,2}\\/|\\.{1,2}$)/.test(s) ? new URL(s, ${url}).href : ${native}`;
      parts.push(
        `const __motia_meta = { __proto__: null, dirname: ${folder}, filename: ${file}, main: false, resolve: ${resolving}, url: ${url} };`,
      );
    }
    if (text.includes('__motia_dirname')) parts.push(`const __motia_dirname = ${folder};`);
    if (text.includes('__motia_filename')) parts.push(`const __motia_filename = ${file};`);
    if (text.includes('__motia_text')) parts.push('const __motia_text = "";');
    return parts.join(' ');
  }
}

function external(path: string): OnResolveResult {
  return { path, external: true };
}

function stem(output: string): string {
  return output.slice(0, -'.mjs'.length);
}

/** A module that fails as `fault` says. It names no class: it runs without this library. */
function throwing(fault: Fault): string {
  const message = JSON.stringify(`${fault.file}:${fault.line ?? 0}: ${fault.message}`);
  return `throw Object.assign(new Error(${message}), { name: "BrokenModule", fault: ${JSON.stringify(fault)} });\n`;
}

const OBJECT = /^module\.exports = \{(?: (.*) |\n([\s\S]*?)\n)\};?$/m;

/**
 * Node finds the names of a CommonJS module by reading its text, and stops at the first value that is no plain
 * name: the keys of an object that is exported whole are written down for it.
 */
function namesForNode(text: string): string {
  const match = OBJECT.exec(text);
  if (!match) return '';
  const keys = match[1] === undefined ? [...(match[2] ?? '').matchAll(/^ {2}(?:async )?\*?([\w$]+)(?=[:,(]|$)/gm)] : [];
  const inline =
    match[1] === undefined || /[{[(`'"]/.test(match[1]) ? [] : [...match[1].matchAll(/(?:^|, )([\w$]+)(?=[:,]|$)/g)];
  const names = [...keys, ...inline].flatMap(([, name]) => (name && /^[A-Za-z_$]/.test(name) ? [name] : []));
  return names.length === 0 ? '' : `\n0 && (module.exports = { ${names.map((name) => `${name}: null`).join(', ')} });`;
}
