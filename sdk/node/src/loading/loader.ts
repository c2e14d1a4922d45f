/**
 * Loads a project's step files, in TypeScript and JavaScript.
 *
 * 1. `loadModules` never rejects and never ends the process for what an author wrote: it becomes a fault.
 * 2. A file that fails, or does not end, stops no other.
 * 3. Every project file is one module, however many step files import it.
 *
 * Compiled (compiler.ts) when there is TypeScript or a tsconfig.json, else read by Node itself (native.ts).
 */

import { existsSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Build, buildProject, CannotCompile } from './compiler.js';
import { ExitAtLoad, type Fault, faultOfEvaluation, faultOfHang, faultOfImporter } from './faults.js';
import * as hooks from './hooks.js';
import { noteLibrary } from './library.js';
import { type Scan, scanImports, withoutModuleTypeAdvice } from './native.js';
import { relativeTo } from './paths.js';
import { noteOutputs } from './positions.js';

export type { Fault } from './faults.js';

/** A step file and what it exports. */
export interface LoadedModule {
  /** Relative to the root. */
  file: string;
  namespace: Record<string, unknown>;
}

/** A loaded project; all files relative to its root, none of a package. */
export interface Loaded {
  modules: LoadedModule[];
  faults: Fault[];
  /** Files that were read: a change of one is a reason to load again. */
  read: string[];
  /** Step file to the files it imports, directly or not. */
  fileModules: Record<string, string[]>;
}

/** What to load. */
export interface LoadOptions {
  /** Absolute path of the project. */
  root: string;
  /** Step files relative to the root, in the order to load them. */
  files: readonly string[];
  /** file: URL of the library's `index.mjs`. */
  sdkUrl: string;
  /** Most time for the evaluation of one file, 10 s unless said. */
  limitMs?: number;
  /** Told a file before it is evaluated. */
  tell?: (file: string) => void;
  /** Whether a file waits for the end of the one before it, however long that takes (within the limit). */
  isApart?: boolean;
}

const LIMIT_MS = 10_000;
/** A file that takes longer no longer holds up the next. */
const PATIENCE_MS = 500;
const TYPESCRIPT = /\.([mc]?ts|tsx)$/;

/**
 * Import all step files.
 *
 * Files are evaluated one after another in the order given; one that waits for long is left waiting while the
 * next are loaded. Faults are in the order of the files, warnings last.
 */
export async function loadModules(options: LoadOptions): Promise<Loaded> {
  const root = realpathSync(options.root);
  const limitMs = options.limitMs ?? LIMIT_MS;
  const loading = new Loading(root, limitMs, options.isApart ? limitMs : PATIENCE_MS, options.tell);
  const files = options.files.filter((file) => loading.isThere(file));
  const specifiers = hooks.sdkSpecifiers(options.sdkUrl);
  hooks.extendTable({ sdk: specifiers });
  hooks.installRequireHook();
  // Whole before any step file: one whose other imports fail would leave it half loaded, and `require` cannot take that.
  const library: object | undefined = await import(options.sdkUrl).catch(() => {}); // the steps that import it say what is wrong
  noteLibrary(specifiers, library);
  const scripts = files.filter((file) => !TYPESCRIPT.test(file));
  const scan = scanImports(root, scripts);
  const hasTypeScript = scripts.length < files.length;
  const wantsCompiler =
    files.length > 0 && (hasTypeScript || scan.typescript !== undefined || existsSync(join(root, 'tsconfig.json')));
  try {
    const build = wantsCompiler
      ? await buildProject(root, files, options.sdkUrl, sdkVersion(options.sdkUrl))
      : undefined;
    if (build) await loading.loadBuild(files, build);
    else await loading.loadNatively(scripts, scan);
  } catch (error) {
    if (!(error instanceof CannotCompile)) throw error;
    loading.refuse(files, error, scan);
    await loading.loadNatively(scripts, scan);
  }
  return loading.loaded(options.files);
}

function sdkVersion(sdkUrl: string): string {
  try {
    const { version } = createRequire(sdkUrl)(new URL('../package.json', sdkUrl).pathname) as { version: string };
    const seen = statSync(new URL(sdkUrl));
    return `${version} ${seen.mtimeMs}`;
  } catch {
    return '';
  }
}

class Loading {
  private readonly modules = new Map<string, LoadedModule>();
  private readonly faults = new Map<string, Fault>();
  private readonly others: Fault[] = [];
  private readonly graph: Record<string, Set<string>> = {};
  private configs: string[] = [];

  constructor(
    private readonly root: string,
    private readonly limitMs: number,
    private readonly patienceMs: number,
    private readonly tell: (file: string) => void = () => {},
  ) {}

  isThere(file: string): boolean {
    const seen = statSync(join(this.root, file), { throwIfNoEntry: false });
    if (seen?.isFile()) return true;
    const message = seen ? 'this is no file' : 'the file is not there';
    this.faults.set(file, { code: 'unreadable', file, message, hint: 'look whether it was moved or renamed' });
    return false;
  }

  async loadBuild(files: readonly string[], build: Build): Promise<void> {
    process.setSourceMapsEnabled(true);
    this.noteGraph(build.graph);
    this.configs = build.configs;
    this.others.push(...build.warnings);
    const absolute = Object.entries(build.outputs).map(
      ([source, output]) => [join(this.root, source), output] as const,
    );
    noteOutputs(
      this.root,
      absolute.map(([source, output]) => [output, source] as const),
    );
    hooks.extendTable({
      outputs: Object.fromEntries(absolute),
      sources: Object.fromEntries(absolute.map(([source, output]) => [output, source])),
      links: this.absoluteLinks(build.links),
    });
    if (build.isComputed || hooks.importsAreHere) hooks.installImportHook();
    const places = files.map((file) => {
      const source = relativeTo(this.root, realpathSync(join(this.root, file)));
      return { file, source, output: build.outputs[source] };
    });
    await this.importAll(
      places.flatMap(({ file, source, output }) => {
        const fault = build.broken.get(source);
        if (fault)
          this.faults.set(file, faultOfImporter(file, { ...fault, file: fault.file === source ? file : fault.file }));
        return fault || output === undefined ? [] : [[file, output] as const];
      }),
    );
  }

  async loadNatively(files: readonly string[], scan: Scan): Promise<void> {
    this.noteGraph(scan.graph);
    noteOutputs(this.root, []);
    hooks.installImportHook();
    hooks.listenToImports((importer, imported) => this.noteImport(importer, imported));
    const restore = withoutModuleTypeAdvice();
    try {
      await this.importAll(files.map((file) => [file, join(this.root, file)] as const));
    } finally {
      restore();
      hooks.listenToImports(undefined);
    }
  }

  /** One fault for all TypeScript files that cannot be compiled. */
  refuse(files: readonly string[], error: CannotCompile, scan: Scan): void {
    const typed = files.filter((file) => TYPESCRIPT.test(file));
    const first = typed[0] ?? scan.typescript?.importer ?? 'tsconfig.json';
    const more = typed.length > 1 ? `, and ${typed.length - 1} more TypeScript file${typed.length > 2 ? 's' : ''}` : '';
    const fault: Fault = error.fault ?? {
      code: 'compiler-missing',
      file: first,
      message: `${first}${more} cannot be compiled: ${error.message}`,
      hint: error.hint,
    };
    if (typed.length > 0 || scan.typescript || error.fault) this.others.push(fault);
    for (const file of typed) this.graph[file] ??= new Set();
  }

  loaded(files: readonly string[]): Loaded {
    const ordered = <T>(from: Map<string, T>) => files.flatMap((file) => from.get(file) ?? []);
    const configs = this.configs.filter((file) => !file.startsWith('..'));
    const tsconfigs = configs.filter((file) => !file.endsWith('package.json'));
    const fileModules = Object.fromEntries(
      files.map((file) => {
        const imported = this.closureOf(file);
        return [file, [...new Set([...imported, ...tsconfigs])].sort()];
      }),
    );
    const pack = existsSync(join(this.root, 'package.json')) ? ['package.json'] : [];
    const present = files.filter((file) => this.faults.get(file)?.code !== 'unreadable');
    const read = new Set([...present, ...Object.values(fileModules).flat(), ...configs, ...pack]);
    return {
      modules: ordered(this.modules),
      faults: [...ordered(this.faults), ...this.others],
      read: [...read].sort(),
      fileModules,
    };
  }

  private async importAll(places: readonly (readonly [file: string, path: string])[]): Promise<void> {
    const release = guardExit();
    try {
      const pending: Promise<void>[] = [];
      for (const [file, path] of places) {
        this.tell(file);
        const one = this.importOne(file, path);
        pending.push(one);
        await within(one, this.patienceMs);
      }
      await Promise.all(pending);
    } finally {
      release();
    }
  }

  private async importOne(file: string, path: string): Promise<void> {
    try {
      const namespace = await within(
        import(pathToFileURL(path).href) as Promise<Record<string, unknown>>,
        this.limitMs,
      );
      if (namespace === LATE) this.faults.set(file, faultOfHang(file, this.limitMs));
      else this.modules.set(file, { file, namespace: exportsOf(namespace, path) });
    } catch (error) {
      this.faults.set(file, faultOfEvaluation(error, file, this.root, [...this.closureOf(file)]));
    }
  }

  private noteGraph(graph: Record<string, readonly string[]>): void {
    for (const [file, imported] of Object.entries(graph)) this.graph[file] = new Set(imported);
  }

  private noteImport(importer: string, imported: string): void {
    const [from, to] = [relativeTo(this.root, importer), relativeTo(this.root, imported)];
    if ([from, to].some((file) => file.startsWith('..') || file.includes('node_modules/'))) return;
    this.graph[from] ??= new Set();
    this.graph[from].add(to);
  }

  private closureOf(file: string): Set<string> {
    const start = existsSync(join(this.root, file)) ? relativeTo(this.root, realpathSync(join(this.root, file))) : file;
    const found = new Set<string>();
    const todo = [start];
    for (let one = todo.pop(); one !== undefined; one = todo.pop()) {
      for (const imported of this.graph[one] ?? []) {
        if (found.has(imported) || imported === start) continue;
        found.add(imported);
        todo.push(imported);
      }
    }
    return found;
  }

  private absoluteLinks(links: Build['links']): Build['links'] {
    const absolute: Build['links'] = {};
    for (const [source, meanings] of Object.entries(links)) {
      const entries = Object.entries(meanings).map(([name, target]) => [name, join(this.root, target)] as const);
      absolute[join(this.root, source)] = Object.fromEntries(entries);
    }
    return absolute;
  }
}

const LATE = Symbol('late');

async function within<T>(work: Promise<T>, ms: number): Promise<T | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, ms, LATE);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a module exports; of CommonJS, names too that Node could not read from its text. */
function exportsOf(namespace: Record<string, unknown>, path: string): Record<string, unknown> {
  const { cache } = createRequire(path);
  const all: unknown = cache[path]?.exports;
  if (all === undefined || (all !== namespace.default && all !== namespace['module.exports'])) return namespace;
  if (typeof all !== 'object' || all === null) return { default: all };
  const own = all as Record<string, unknown>;
  return own.__esModule === true ? { ...own } : { ...own, default: all };
}

/** `process.exit()` in a file that is being loaded is that file's fault; the returned function ends the guard. */
function guardExit(): () => void {
  const { exit } = process;
  const guarded = (code?: unknown): never => {
    throw new ExitAtLoad(code);
  };
  process.exit = guarded as typeof process.exit;
  return () => {
    if (process.exit === guarded) process.exit = exit;
  };
}
