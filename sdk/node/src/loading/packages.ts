/** Names of packages: which one a specifier means, how the project installs it, what was perhaps meant. */

import { existsSync } from 'node:fs';
import { builtinModules, isBuiltin } from 'node:module';
import { join } from 'node:path';

/** The package that a specifier without a path begins with. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

const LOCKS: readonly (readonly [string, string])[] = [
  ['pnpm-lock.yaml', 'pnpm add'],
  ['yarn.lock', 'yarn add'],
  ['bun.lock', 'bun add'],
  ['bun.lockb', 'bun add'],
];

/** The command that installs packages in this project, by its lock file. */
export function installCommand(root: string): string {
  return LOCKS.find(([lock]) => existsSync(join(root, lock)))?.[1] ?? 'npm install';
}

/** What to do when the package `name` is missing. */
export function hintOfPackage(name: string, root: string): string {
  const install = `${installCommand(root)} ${name}`;
  const near = isBuiltin(name) ? undefined : nearBuiltin(name);
  return near ? `${install}; or is it Node's own '${near}'?` : install;
}

/** What to do when Node has no module of this name. */
export function closestBuiltin(specifier: string): string {
  const near = nearBuiltin(specifier.replace(/^node:/, ''));
  return near ? `is it 'node:${near}'?` : 'look whether its name is spelled right';
}

function nearBuiltin(name: string): string | undefined {
  const limit = name.length > 4 ? 2 : 1;
  const near = builtinModules
    .filter((one) => !one.startsWith('_'))
    .map((one) => ({ one, distance: distanceOf(one, name) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near && near.distance <= limit ? near.one : undefined;
}

function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
