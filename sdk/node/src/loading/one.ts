/** Loads single files of a project for the engine: its configuration, its event definitions. */

import type { Fault } from './faults.js';
import { loadModules } from './loader.js';

/** A file that could not be loaded, with the fault that says why. */
export class FileNotLoaded extends Error {
  constructor(readonly fault: Fault) {
    super(`${fault.file}${fault.line ? `:${fault.line}` : ''}: ${fault.message}`);
    this.name = 'FileNotLoaded';
  }
}

/** URL of the library that belongs to this code, once it is bundled into `dist/`. */
export function ownSdkUrl(): string {
  return new URL('./index.mjs', import.meta.url).href;
}

/**
 * Load `file` (relative to `root`) as a step file is loaded, and resolve to what it exports.
 *
 * Rejects with FileNotLoaded.
 */
export async function loadOne(root: string, file: string, sdkUrl = ownSdkUrl()): Promise<Record<string, unknown>> {
  const { modules, faults } = await loadModules({ root, files: [file], sdkUrl });
  const [module] = modules;
  if (module) return module.namespace;
  const fault = faults.find((one) => one.severity !== 'warning');
  throw new FileNotLoaded(fault ?? { code: 'load-error', file, message: 'the file did not load' });
}
