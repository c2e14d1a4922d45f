/** What the engine's own library exports, for authors who import a name that it has not. */

import { closest } from '../authoring/closest.js';

interface Module {
  specifier: string;
  /** Undefined for a module that was not looked at. */
  names?: readonly string[];
}

const modules = new Map<string, Module>();

/** Remember the modules of the library, by what authors write and by where they are; `whole` is what `@motia/core` holds. */
export function noteLibrary(specifiers: Record<string, string>, whole: object | undefined): void {
  for (const [specifier, url] of Object.entries(specifiers)) {
    const one = specifier === '@motia/core' && whole ? { specifier, names: Object.keys(whole) } : { specifier };
    modules.set(url, one);
    modules.set(specifier, one);
  }
}

/** What to say of an import of `name` from `asked`, as Node names it; undefined when that is not the library. */
export function notExported(asked: string, name: string): { message: string; hint: string } | undefined {
  const found = modules.get(asked);
  if (!found) return undefined;
  const message =
    name === 'default' ? `'${found.specifier}' has no default export` : `'${found.specifier}' exports no '${name}'`;
  return { message, hint: hintOf(found, name) };
}

function hintOf({ specifier, names }: Module, name: string): string {
  const usual = (names ?? []).filter((one) => /^[a-z]/.test(one)).sort();
  if (name === 'default') return `write: import { ${usual[0] ?? '…'} } from '${specifier}'`;
  const near = names && closest(name, names);
  if (near?.startsWith('did you mean')) return near;
  const known = usual.length > 0 ? `it exports ${usual.join(', ')}, and errors; ` : '';
  return `${known}a type is imported by: import type { ${name} } from '${specifier}'`;
}
