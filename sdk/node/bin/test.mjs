// Runs a project's tests in JavaScript and TypeScript: `node test.mjs FILES… -- OPTIONS OF NODE`, in the project.
//
// TypeScript is compiled by esbuild into the project's cache, all files together, and then run by `node --test`.
// Without esbuild, Node strips the types itself where it can.
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = process.cwd();
const CACHE = join(ROOT, '.motia', 'cache', 'tests');
const TYPESCRIPT = /\.[mc]?ts$/;
const HOOKS = new URL('./hooks.mjs', import.meta.url);

const separator = process.argv.indexOf('--');
const files = process.argv.slice(2, separator);
const options = process.argv.slice(separator + 1);

/** esbuild as the project has it (by itself or through @motia/core), else as this package has it. */
async function findEsbuild() {
  const places = [
    join(ROOT, 'package.json'),
    join(ROOT, 'node_modules', '@motia', 'core', 'package.json'),
    new URL(import.meta.url),
  ];
  for (const place of places) {
    try {
      return (await import(pathToFileURL(createRequire(place).resolve('esbuild')))).default;
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND' && error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}

/** The compiled files; their messages are esbuild's own when there are any. */
async function compile(esbuild, sources) {
  rmSync(CACHE, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: sources,
    outdir: CACHE,
    outbase: ROOT,
    absWorkingDir: ROOT,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: `node${process.versions.node}`,
    packages: 'external',
    sourcemap: true,
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
  });
  return sources.map((source) => join(CACHE, relative(ROOT, join(ROOT, source)).replace(TYPESCRIPT, '.mjs')));
}

async function runnable() {
  const sources = files.filter((file) => TYPESCRIPT.test(file));
  if (sources.length === 0) return files;
  const esbuild = await findEsbuild();
  if (esbuild !== undefined)
    return [...files.filter((file) => !TYPESCRIPT.test(file)), ...(await compile(esbuild, sources))];
  if (process.features.typescript) return files;
  const how = existsSync(join(ROOT, 'package.json')) ? 'npm install' : 'npm install --save-dev esbuild';
  process.stderr.write(`tests in TypeScript need esbuild, which is not installed here: ${how}\n`);
  process.exit(1);
}

let run;
try {
  run = await runnable();
} catch (error) {
  // esbuild has shown its messages; a fault of anything else is worth its stack.
  if (error.errors === undefined) process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}
const flags = ['--enable-source-maps', '--disable-warning=ExperimentalWarning', `--import=${HOOKS.href}`];
// For people and for logs alike; without it Node writes TAP where there is no terminal.
if (!options.some((option) => option.startsWith('--test-reporter'))) flags.push('--test-reporter=spec');
const child = spawn(process.execPath, [...flags, '--test', ...options, ...run], { stdio: 'inherit' });
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
