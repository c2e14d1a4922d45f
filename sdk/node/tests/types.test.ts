/** The types that authors see, in projects as they set them up: compiled, with every expected error in its place. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';

const SDK = resolve(process.cwd());
const COMMON = {
  target: 'es2023',
  lib: ['es2023', 'esnext.asynciterable'],
  types: ['node'],
  noEmit: true,
  skipLibCheck: true,
  allowJs: true,
  checkJs: true,
};
const BUNDLER = { module: 'esnext', moduleResolution: 'bundler' };
const NODENEXT = { module: 'nodenext', moduleResolution: 'nodenext' };
const NODE16 = { module: 'node16', moduleResolution: 'node16' };
interface Project {
  readonly name: string;
  readonly compiler: 'typescript' | 'typescript5';
  readonly options: object;
  readonly isStrict: boolean;
}

const EXACT = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
const PROJECTS: readonly Project[] = [
  { name: 'strict, bundler', compiler: 'typescript', options: { ...BUNDLER, strict: true }, isStrict: true },
  { name: 'strict, node16', compiler: 'typescript', options: { ...NODE16, strict: true }, isStrict: true },
  { name: 'exact, nodenext', compiler: 'typescript', options: { ...NODENEXT, ...EXACT }, isStrict: true },
  { name: 'not strict, bundler', compiler: 'typescript', options: { ...BUNDLER, strict: false }, isStrict: false },
  {
    name: 'exact, nodenext, TypeScript 5',
    compiler: 'typescript5',
    options: { ...NODENEXT, ...EXACT },
    isStrict: true,
  },
  {
    name: 'not strict, TypeScript 5',
    compiler: 'typescript5',
    options: { ...BUNDLER, strict: false },
    isStrict: false,
  },
];
/** What libraries infer differs without strict, so that these say nothing of ours there. */
const STRICT_ONLY = ['schemas.ts', 'strict.ts', 'steps.ts'];

let project = '';

function run(compiler: string, args: readonly string[]): Promise<string> {
  const tsc = join(SDK, 'node_modules', compiler, 'bin', 'tsc');
  return new Promise((done) =>
    execFile(process.execPath, [tsc, ...args], { cwd: project, timeout: 110_000 }, (_error, stdout, stderr) =>
      done(`${stdout}${stderr}`),
    ),
  );
}

async function errorsOf({ compiler, options, isStrict }: Project): Promise<string> {
  const names = readdirSync(join(SDK, 'tests', 'types')).filter((name) => /\.[jt]s$/.test(name));
  const files = names.filter((name) => isStrict || !STRICT_ONLY.includes(name));
  const config = join(project, `tsconfig.${process.hrtime.bigint()}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions: { ...COMMON, ...options }, files }));
  return run(compiler, ['-p', config, '--pretty', 'false']);
}

before(async () => {
  project = mkdtempSync(join(tmpdir(), 'motia-types-'));
  cpSync(join(SDK, 'tests', 'types'), project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, '@motia', 'core'), { recursive: true });
  for (const name of ['zod', 'zod3', 'valibot', 'arktype', '@ark', '@types'])
    symlinkSync(join(SDK, 'node_modules', name), join(modules, name));
  cpSync(join(SDK, 'package.json'), join(modules, '@motia', 'core', 'package.json'));
  const said = await run('typescript', [
    '-p',
    SDK,
    '--emitDeclarationOnly',
    '--outDir',
    join(modules, '@motia', 'core', 'dist'),
  ]);
  assert.equal(said, '');
});

after(() => rmSync(project, { recursive: true, force: true }));

describe('the types of authors', { timeout: 240_000 }, () => {
  for (const one of PROJECTS) {
    it(`fit a project that is ${one.name}`, async () => {
      assert.equal(await errorsOf(one), '');
    });
  }
});
