/**
 * Bundles src into dist: index.mjs (what authors import), worker.mjs and evaluate.mjs (what the engine starts) and
 * watchdog.mjs share their chunks, so that a step and its worker have one registry.
 *
 *   node build.mjs           the library and its declarations
 *   node build.mjs --fast    without declarations
 *   node build.mjs --tests   tests/**\/*.test.ts into dist-tests
 */

import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { build } from 'esbuild';

process.chdir(import.meta.dirname);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

// Without source maps: the library's own frames are left out of every stack, and reading maps delays the first error.
const common = {
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunk-[hash]',
  define: { __MOTIA_VERSION__: JSON.stringify(version) },
  logLevel: 'warning',
};

async function testFiles() {
  const names = await readdir('tests', { recursive: true });
  const tests = names.filter((name) => name.endsWith('.test.ts'));
  return Object.fromEntries(tests.map((name) => [name.slice(0, -'.ts'.length), `tests/${name}`]));
}

function libraryFiles() {
  const files = {
    index: 'src/index.ts',
    worker: 'src/main.ts',
    watchdog: 'src/worker/watchdog.ts',
    evaluate: 'src/evaluate.ts',
  };
  return existsSync('src/testing/index.ts') ? { ...files, testing: 'src/testing/index.ts' } : files;
}

/** Build into `outdir`, and remove what earlier builds left: a worker may be starting from it meanwhile. */
async function bundle(entryPoints, outdir) {
  const { metafile } = await build({ ...common, entryPoints, outdir, metafile: true });
  const names = existsSync(outdir) ? await readdir(outdir, { recursive: true }) : [];
  for (const name of names) {
    if (name.endsWith('.mjs') && metafile.outputs[`${outdir}/${name}`] === undefined) rmSync(`${outdir}/${name}`);
  }
}

if (process.argv.includes('--tests')) {
  // The library itself is there too: steps that a test loads share their registry with the test.
  await bundle({ ...libraryFiles(), ...(await testFiles()) }, 'dist-tests');
} else {
  await bundle(libraryFiles(), 'dist');
  if (!process.argv.includes('--fast')) {
    const tsc = promisify(execFile)(process.execPath, [
      'node_modules/typescript/bin/tsc',
      '-p',
      'tsconfig.json',
      '--emitDeclarationOnly',
    ]);
    await tsc.catch((error) => {
      process.stderr.write(`${error.stdout}${error.stderr}`);
      process.exitCode = 1;
    });
  }
}
