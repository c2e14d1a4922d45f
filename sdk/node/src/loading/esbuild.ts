/** Finds esbuild: the project's own, else the one that came with the library. */

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as esbuildTypes from 'esbuild';

/** What of esbuild is used. */
export type Esbuild = Pick<typeof esbuildTypes, 'build' | 'stop' | 'version'>;

/** esbuild before it is loaded: where it is, which it is. */
export interface EsbuildPlace {
  path: string;
  version: string;
}

/** Older ones do not say which inputs are CommonJS, or do not know import attributes. */
const VERSION_MIN = [0, 21] as const;

/** esbuild as `root` sees it, else as the library does; undefined when neither has one that is new enough. */
export function findEsbuild(root: string, sdkUrl: string): EsbuildPlace | undefined {
  const starts = [join(root, 'package.json'), installedCore(root), fileURLToPath(sdkUrl)];
  for (const start of starts) {
    const place = start === undefined ? undefined : placeFrom(start);
    if (place) return place;
  }
  return undefined;
}

/** Load it; its process starts with the first build. */
export function loadEsbuild(place: EsbuildPlace): Esbuild {
  return createRequire(place.path)(place.path) as Esbuild;
}

function installedCore(root: string): string | undefined {
  const core = join(root, 'node_modules', '@motia', 'core');
  return join(core, 'package.json');
}

function placeFrom(start: string): EsbuildPlace | undefined {
  try {
    const require = createRequire(start);
    const path = require.resolve('esbuild');
    const { version } = require(join(dirname(path), '..', 'package.json')) as { version: string };
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const isNew = major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1]);
    return isNew ? { path, version } : undefined;
  } catch {
    return undefined;
  }
}

const LOADERS: Record<string, esbuildTypes.Loader> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.jsx': 'jsx',
  '.json': 'json',
};

/** The loader that esbuild would take for a file with this ending. */
export function loaderOf(ending: string): esbuildTypes.Loader {
  return LOADERS[ending] ?? 'js';
}
