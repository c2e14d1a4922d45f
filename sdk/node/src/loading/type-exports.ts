/**
 * Types that are exported a second time without saying that they are types: `export { Options } from './options'`.
 *
 * Compiled one by one, such a file asks for a name that its target does not have. Whether it is a type only
 * the whole project tells; esbuild has checked by then that no value is missing, so what is still missing is a
 * type, and its target gets an empty export of the name.
 */

/** One emitted module. */
export interface Module {
  source: string;
  text: string;
  /** Source map, JSON. */
  map: string;
  exports: readonly string[];
}

const IMPORT = /^(?:import|export)\b\s*(?:[\w$]+\s*,\s*)?\{([^}]*)\}\s*from\s*"([^"]+)"/gm;
const STAR = /^export \* from "([^"]+)"/gm;
const NAME = /^[\w$]+$/;

/** Give every module the names that others take from it and that it lacks. */
export function exportMissingTypes(modules: Module[], urlOf: (source: string) => string): void {
  const byUrl = new Map(modules.map((one) => [urlOf(one.source), one]));
  const lacking = new Map<Module, Set<string>>();
  for (const importer of modules) {
    for (const [, names = '', url = ''] of importer.text.matchAll(IMPORT)) {
      const target = byUrl.get(url);
      if (!target) continue;
      for (const name of importedNames(names)) {
        if (hasExport(target, name, byUrl, new Set())) continue;
        lacking.set(target, (lacking.get(target) ?? new Set()).add(name));
      }
    }
  }
  for (const [target, names] of lacking) {
    for (const name of names) target.text += `var __motia_type_${name}; export { __motia_type_${name} as ${name} };\n`;
  }
}

function importedNames(list: string): string[] {
  return list
    .split(',')
    .map((part) => part.trim().split(/\s+as\s+/)[0] ?? '')
    .filter((name) => NAME.test(name));
}

function hasExport(module: Module, name: string, byUrl: ReadonlyMap<string, Module>, seen: Set<Module>): boolean {
  if (module.exports.includes(name)) return true;
  if (name === 'default' || seen.has(module)) return false;
  seen.add(module);
  return [...module.text.matchAll(STAR)].some(([, url = '']) => {
    const target = byUrl.get(url);
    return target === undefined || hasExport(target, name, byUrl, seen);
  });
}
