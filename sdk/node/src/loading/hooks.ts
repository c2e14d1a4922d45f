/**
 * How project modules find each other at run time: `@motia/core`, requires, and imports by computed names.
 *
 * 1. `@motia/core` is the library that came with the engine, whoever imports it.
 * 2. A source that was compiled is never run a second time as it stands: whoever asks for it gets what
 *    was compiled from it.
 */

import Module, * as nodeModule from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What is known about the modules of the projects that this process has loaded. Plain data: it crosses threads. */
export interface ModuleTable {
  /** Specifier to the URL of the engine's own library. */
  sdk: Record<string, string>;
  /** Compiled source to its output, absolute paths. */
  outputs: Record<string, string>;
  /** The reverse. */
  sources: Record<string, string>;
  /** Source to what its specifiers mean, absolute paths. */
  links: Record<string, Record<string, string>>;
}

const table: ModuleTable = { sdk: {}, outputs: {}, sources: {}, links: {} };
let listener: ((importer: string, imported: string) => void) | undefined;

/** Specifiers of the engine's own library, given the URL of its `index.mjs`. */
export function sdkSpecifiers(sdkUrl: string): Record<string, string> {
  return { '@motia/core': sdkUrl, '@motia/core/testing': new URL('./testing.mjs', sdkUrl).href };
}

/** Add to what is known; a source compiled again is replaced. */
export function extendTable(more: Partial<ModuleTable>): void {
  for (const key of ['sdk', 'outputs', 'sources', 'links'] as const) Object.assign(table[key], more[key]);
}

/** Hear which file asks for which, where Node tells it in this thread; undefined ends it. */
export function listenToImports(to: typeof listener): void {
  listener = to;
}

interface Urls {
  toPath(url: string): string;
  toUrl(path: string): string;
}

const urls: Urls = { toPath: (url) => fileURLToPath(url), toUrl: (path) => pathToFileURL(path).href };

/**
 * The URL that a specifier means when the table decides it; undefined when Node does.
 *
 * Its source is also sent to the thread of Node's loader, so it uses nothing but its arguments.
 */
export function resolveByTable(
  specifier: string,
  parentUrl: string | undefined,
  known: ModuleTable,
  { toPath, toUrl }: Urls,
  isJson = false,
): string | undefined {
  if (Object.hasOwn(known.sdk, specifier)) return known.sdk[specifier];
  const parent = parentUrl?.startsWith('file:') ? toPath(parentUrl) : undefined;
  if (parent === undefined) return undefined;
  const source = known.sources[parent] ?? (known.outputs[parent] === undefined ? undefined : parent);
  const links = source === undefined ? undefined : known.links[source];
  const linked = links && Object.hasOwn(links, specifier) ? links[specifier] : undefined;
  if (linked === undefined && !/^(\.{1,2}(\/|$)|\/|file:)/.test(specifier)) return undefined;
  const wanted = linked ?? toPath(new URL(specifier, source === undefined ? parentUrl : toUrl(source)).href);
  if (isJson || known.sources[wanted] !== undefined) return toUrl(wanted);
  const swapped = /\.([mc]?)js(x?)$/.exec(wanted);
  const stem = swapped ? wanted.slice(0, swapped.index) : wanted;
  const tried = swapped
    ? ['', `.${swapped[1]}ts${swapped[2]}`, '.tsx'].map((e, i) => (i ? stem + e : wanted))
    : [wanted];
  for (const ending of ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json'])
    tried.push(wanted + ending);
  for (const name of ['/index.ts', '/index.tsx', '/index.js']) tried.push(wanted + name);
  const output = tried.map((one) => known.outputs[one]).find((one) => one !== undefined);
  if (output !== undefined) return toUrl(output);
  if (source === undefined) return undefined;
  if (/\.[mc]?tsx?$/.test(wanted)) {
    const message =
      `'${specifier}' was not compiled, because its name is only known at run time: ` +
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what an author writes.
      'write the folder into the import, as in import(`./plugins/${name}.ts`)';
    throw Object.assign(new Error(message), { code: 'MOTIA_UNCOMPILED' });
  }
  return toUrl(wanted);
}

interface ImportContext {
  parentURL?: string | undefined;
  conditions?: readonly string[];
  importAttributes?: { type?: string };
}
interface Resolved {
  url: string;
}
type NextResolve = (specifier: string, context: ImportContext) => Resolved;
interface HookingModule {
  registerHooks?: (hooks: {
    resolve: (specifier: string, context: ImportContext, next: NextResolve) => Resolved;
  }) => unknown;
}

const { registerHooks } = nodeModule as HookingModule;
let isHooked = false;

/** Whether imports go through this thread (Node 22.15), so that watching them costs next to nothing. */
export const importsAreHere = registerHooks !== undefined;

/** Let imports go by the table as it is now: in this thread where Node can, else in its loader's. */
export function installImportHook(): void {
  if (!registerHooks) {
    registerInThread();
    return;
  }
  if (isHooked) return;
  isHooked = true;
  registerHooks({
    resolve(specifier, context, next) {
      // A require comes through here too (Node 22.15), and goes by its own hook, which answers with paths.
      if (context.conditions?.includes('require')) return next(specifier, context);
      const url = resolveByTable(specifier, context.parentURL, table, urls, context.importAttributes?.type === 'json');
      const resolved = next(url ?? specifier, context);
      if (listener && context.parentURL?.startsWith('file:') && resolved.url.startsWith('file:')) {
        listener(fileURLToPath(context.parentURL), fileURLToPath(resolved.url));
      }
      return resolved;
    },
  });
}

function registerInThread(): void {
  const code = `
    import { fileURLToPath, pathToFileURL } from 'node:url';
    // The advice to write a package.json is given in this thread (native.ts keeps it back in the other).
    const emit = process.emitWarning;
    process.emitWarning = (warning, ...rest) => {
      const code = typeof rest[0] === 'object' ? rest[0]?.code : rest[1];
      if (code !== 'MODULE_TYPELESS_PACKAGE_JSON') emit.call(process, warning, ...rest);
    };
    const byTable = ${resolveByTable.toString()};
    const urls = { toPath: (url) => fileURLToPath(url), toUrl: (path) => pathToFileURL(path).href };
    let known;
    export function initialize(data) { known = data; }
    export async function resolve(specifier, context, next) {
      const isJson = context.importAttributes?.type === 'json';
      const url = byTable(specifier, context.parentURL, known, urls, isJson);
      return next(url ?? specifier, context);
    }
    //# sourceURL=motia:hooks`;
  nodeModule.register(`data:text/javascript,${encodeURIComponent(code)}`, { data: structuredClone(table) });
}

interface Requirer {
  filename?: string | null;
}
type ResolveFilename = (request: string, parent: Requirer | undefined, ...rest: unknown[]) => string;

let isWrapped = false;

/** Let `require` go by the table, in compiled files and in those that Node reads itself. */
export function installRequireHook(): void {
  if (isWrapped) return;
  isWrapped = true;
  const holder = Module as unknown as { _resolveFilename: ResolveFilename };
  const original = holder._resolveFilename;
  holder._resolveFilename = function resolveFilename(request, parent, ...rest) {
    const parentUrl = parent?.filename ? pathToFileURL(parent.filename).href : undefined;
    const url = request.startsWith('node:') ? undefined : resolveByTable(request, parentUrl, table, urls);
    if (url !== undefined && Object.hasOwn(table.sdk, request)) return fileURLToPath(url);
    const asked = url === undefined ? request : withoutOutputOfJson(fileURLToPath(url));
    const resolved = original.call(this, asked, parent, ...rest);
    if (listener && parent?.filename && resolved.startsWith('/')) listener(parent.filename, resolved);
    return resolved.endsWith('.json') ? resolved : (table.outputs[resolved] ?? resolved);
  };
}

/** `require` reads JSON itself: what was compiled from it is a module. */
function withoutOutputOfJson(path: string): string {
  const source = table.sources[path];
  return source?.endsWith('.json') ? source : path;
}
