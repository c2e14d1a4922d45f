/** Projects for the tests of loading: written to a folder of their own, loaded here or in a process of their own. */

import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { type Loaded, loadModules } from '../../src/loading/loader.js';

const CORE = `
export const made = []
const step = (kind) => (options, handler) => { const one = { kind, id: options.id, handler }; made.push(one); return one }
export const [api, event, cron, noop] = ['api', 'event', 'cron', 'noop'].map(step)
`;

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that is removed after the tests of the file. */
export function folder(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'motia-loading-')));
  chmodSync(made, 0o755);
  folders.push(made);
  return made;
}

/** Write files into `root`. */
export function write(root: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

const core = folder();
write(core, { 'dist/index.mjs': CORE, 'package.json': '{ "version": "1.0.0" }' });

/** What `@motia/core` means in these tests. */
export const sdkUrl = pathToFileURL(join(core, 'dist/index.mjs')).href;

/** A project that sees the packages which the tests have installed, esbuild among them. */
export function project(files: Record<string, string>): string {
  const root = folder();
  write(root, files);
  const hasOwn = Object.keys(files).some((name) => name.startsWith('node_modules/'));
  if (hasOwn) linkPackage(root, 'esbuild');
  else symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  return root;
}

function linkPackage(root: string, name: string): void {
  symlinkSync(resolve('node_modules', name), join(root, 'node_modules', name));
}

/** Load in this process. */
export function load(root: string, files: readonly string[], limitMs = 30_000): Promise<Loaded> {
  return loadModules({ root, files, sdkUrl, limitMs });
}

const RUNNER = `
import { loadModules } from ${JSON.stringify(resolve('src/loading/loader.ts'))}
import { buildProject } from ${JSON.stringify(resolve('src/loading/compiler.ts'))}
const [root, sdkUrl, ...files] = process.argv.slice(2)
const loaded = await loadModules({ root, files, sdkUrl, limitMs: 30000 })
const modules = Object.fromEntries(loaded.modules.map(({ file, namespace }) => [file, namespace.default]))
console.log('\\n' + JSON.stringify({ ...loaded, modules, buildProject: typeof buildProject }))
process.exit()
`;

let runner: Promise<string> | undefined;

async function bundleRunner(): Promise<string> {
  const at = folder();
  write(at, { 'runner.mjs': RUNNER });
  const outfile = join(at, 'dist', 'runner.mjs');
  await build({ entryPoints: [join(at, 'runner.mjs')], bundle: true, format: 'esm', platform: 'node', outfile });
  return outfile;
}

/** What a process of its own loaded: values of default exports instead of modules. */
export interface LoadedApart extends Omit<Loaded, 'modules'> {
  modules: Record<string, unknown>;
  stderr: string;
}

/** Load in a process of its own, with the flags of a worker. */
export async function loadApart(
  root: string,
  files: readonly string[],
  options: { env?: NodeJS.ProcessEnv; command?: readonly string[] } = {},
): Promise<LoadedApart> {
  runner ??= bundleRunner();
  const flags = ['--enable-source-maps', '--disable-warning=ExperimentalWarning', await runner, root, sdkUrl, ...files];
  const [command = process.execPath, ...before] = options.command ?? [];
  const env = { ...process.env, ...options.env };
  return new Promise((done, fail) => {
    execFile(
      command,
      [...before, ...(options.command ? [process.execPath] : []), ...flags],
      { env, cwd: root, timeout: 30_000 },
      (error, stdout, stderr) => {
        const last = stdout.trim().split('\n').pop() ?? '';
        if (error || !last.startsWith('{')) fail(new Error(`${error?.message}\n${stdout}\n${stderr}`));
        else done({ ...(JSON.parse(last) as Omit<LoadedApart, 'stderr'>), stderr });
      },
    );
  });
}
