/** The project in this worker: its steps, its hooks, its manifest. One file that fails does not stop the others. */

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import {
  activate,
  Collector,
  type Declaration,
  exportedSteps,
  type Hook,
  type Position,
} from '../authoring/registry.js';
import { type Fault, loadModules } from '../loading/loader.js';
import type { Load } from '../protocol/messages.js';
import { authorStack, describe, innermostAuthored } from './stacks.js';

const IMPORTS_CORE = /(?:from|require\()\s*['"]@motia\/core['"]/;

/** A message `manifest`, as JSON. */
export interface Manifest {
  readonly steps: readonly unknown[];
  readonly faults: readonly Fault[];
  readonly modules: readonly string[];
  readonly file_modules: Readonly<Record<string, readonly string[]>>;
}

/** What was loaded; `steps` by id, the first of each. */
export class Project {
  readonly root: string;
  readonly steps = new Map<string, Declaration>();
  readonly #files: readonly string[];
  readonly #sdkUrl: string;
  readonly #tell: (file: string) => void;
  readonly #isApart: boolean;
  readonly #collector = new Collector();
  #hooks: readonly Hook[] = [];

  /** `tell` is told a file before it is evaluated, and before a start hook of it runs. */
  constructor(load: Load, sdkUrl: string, tell: (file: string) => void = () => {}) {
    this.root = existsSync(load.root) ? realpathSync(load.root) : load.root;
    this.#files = load.files;
    this.#sdkUrl = sdkUrl;
    this.#tell = tell;
    this.#isApart = load.apart ?? false;
  }

  /** Import every file, run the start hooks, and say what is there. */
  async load(): Promise<Manifest> {
    activate(this.#collector);
    const loaded = await loadModules({
      root: this.root,
      files: this.#files,
      sdkUrl: this.#sdkUrl,
      tell: this.#tell,
      isApart: this.#isApart,
    });
    activate(undefined);
    const { steps, faults } = exportedSteps(loaded.modules, this.#collector, (file) => this.#importsMakers(file));
    for (const step of steps) {
      if (!this.steps.has(step.spec.id)) this.steps.set(step.spec.id, step);
    }
    // Half a file is no file: what it declared before it failed does not count.
    const failed = new Set(loaded.faults.filter((fault) => fault.severity !== 'warning').map((fault) => fault.file));
    this.#hooks = this.#collector.hooks.filter((hook) => !failed.has(hook.position.file));
    const hookFaults = await this.#runStartHooks();
    return {
      steps: steps.map((step) => ({ ...step.spec, source: { ...step.spec.source, ...this.#shown(step.position) } })),
      faults: [...loaded.faults, ...this.#collector.faults, ...faults, ...hookFaults],
      modules: loaded.read,
      file_modules: loaded.fileModules,
    };
  }

  /** Run the stop hooks, last declared first; one that fails does not stop the others. */
  async stop(onError: (hook: Hook, error: unknown) => void): Promise<void> {
    for (const hook of this.#hooks.filter((one) => one.when === 'stop').reverse()) {
      try {
        await hook.run();
      } catch (error) {
        onError(hook, error);
      }
    }
  }

  async #runStartHooks(): Promise<Fault[]> {
    const faults: Fault[] = [];
    for (const hook of this.#hooks.filter((one) => one.when === 'start')) {
      this.#tell(hook.position.file);
      try {
        await hook.run();
      } catch (error) {
        faults.push(this.#hookFault(hook, error));
      }
    }
    return faults;
  }

  #hookFault(hook: Hook, error: unknown): Fault {
    const { name, message } = describe(error);
    const place = error instanceof Error ? innermostAuthored(error.stack ?? '', this.root) : undefined;
    const isElsewhere = place !== undefined && place.file !== hook.position.file;
    return {
      code: 'start-hook-failed',
      file: hook.position.file,
      line: isElsewhere ? hook.position.line : (place?.line ?? hook.position.line),
      message: `onStart: ${name}: ${message}`,
      hint: 'steps that need what the hook opens will fail',
      also: isElsewhere ? `${place.file}:${place.line}` : '',
      stack: authorStack(error, this.root),
    };
  }

  #importsMakers(file: string): boolean {
    try {
      return IMPORTS_CORE.test(readFileSync(join(this.root, file), 'utf8'));
    } catch {
      return false;
    }
  }

  #shown(position: Position): Position {
    return { file: position.file, line: Math.max(position.line, 1) };
  }
}
