/** Configuration that decides how sources are compiled: tsconfig.json with what it extends, and package.json. */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';

const DEPTH_MAX = 20;

/** What the tsconfig files of a project say, as far as it matters here. */
export interface Configs {
  /** Absolute paths of all that were read, package.json files too. */
  files: string[];
  /** Absolute paths where one would count, and is not. */
  absent: string[];
  /** Files whose decorators should carry types, which only TypeScript itself can do. */
  emitsMetadata: string[];
}

/** Configuration of the given sources (absolute paths): that of their folders, and of all folders above. */
export function configsOf(sources: readonly string[]): Configs {
  const folders = new Set<string>();
  for (const source of sources) {
    for (let folder = dirname(source); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  }
  const configs: Configs = { files: [], absent: [], emitsMetadata: [] };
  for (const folder of [...folders].sort()) {
    const pack = join(folder, 'package.json');
    (existsSync(pack) ? configs.files : configs.absent).push(pack);
    const own = join(folder, 'tsconfig.json');
    if (existsSync(own)) follow(own, configs, 0);
    else configs.absent.push(own);
  }
  return configs;
}

function follow(file: string, configs: Configs, depth: number): void {
  if (configs.files.includes(file) || depth > DEPTH_MAX) return;
  configs.files.push(file);
  const content = readJsonWithComments(file);
  if (typeof content !== 'object' || content === null) return;
  const { extends: bases, compilerOptions } = content as { extends?: unknown; compilerOptions?: unknown };
  if ((compilerOptions as { emitDecoratorMetadata?: unknown } | undefined)?.emitDecoratorMetadata === true) {
    configs.emitsMetadata.push(file);
  }
  for (const base of Array.isArray(bases) ? bases : [bases]) {
    const found = typeof base === 'string' ? baseOf(base, file) : undefined;
    if (found) follow(found, configs, depth + 1);
  }
}

function baseOf(base: string, file: string): string | undefined {
  if (/^\.{1,2}(\/|$)/.test(base) || isAbsolute(base)) {
    const path = resolve(dirname(file), base);
    return [path, `${path}.json`, join(path, 'tsconfig.json')].find((one) => one.endsWith('.json') && existsSync(one));
  }
  const { resolve: find } = createRequire(file);
  for (const name of [base, `${base}.json`, `${base}/tsconfig.json`]) {
    try {
      return find(name);
    } catch {
      // the next spelling
    }
  }
  return undefined;
}

/** JSON as tsconfig has it, with comments and trailing commas; undefined when it is neither. */
export function readJsonWithComments(file: string): unknown {
  try {
    const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
    const bare = text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, quoted?: string) => quoted ?? '');
    return JSON.parse(bare.replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, quoted?: string) => quoted ?? ''));
  } catch {
    return undefined;
  }
}
