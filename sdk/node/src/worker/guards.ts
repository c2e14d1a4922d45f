/**
 * What keeps a worker process honest although an author's code may do anything.
 *
 * - `process.exit`, `process.abort` and signals to the process itself throw: the run fails, the worker lives.
 * - An error in a microtask belongs to the run that queued it.
 * - The descriptor of the protocol's socket cannot be used through `node:fs`. What remains: a native
 *   add-on, or `new net.Socket({ fd })` with the number guessed, may still write to it; the engine then
 *   takes the worker for broken, ends it and starts another.
 */

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { Running } from './running.js';

const FD_FUNCTIONS = [
  'write',
  'writeSync',
  'writev',
  'writevSync',
  'writeFile',
  'writeFileSync',
  'appendFile',
  'appendFileSync',
  'read',
  'readSync',
  'readv',
  'readvSync',
  'readFile',
  'readFileSync',
  'close',
  'closeSync',
  'ftruncate',
  'ftruncateSync',
] as const;

/** A handler tried to end the process: its run fails instead. */
export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
}

/** Ends this process for real. */
export type EndProcess = (code: number) => never;

/** Make attempts to end the process throw. Returns what still ends it. */
export function guardProcess(): EndProcess {
  const own = process as unknown as { reallyExit: (code?: unknown) => never };
  const end = own.reallyExit.bind(process) as EndProcess;
  const kill = process.kill.bind(process);
  const refuse = (what: string): never => {
    throw new ProcessEnded(
      `${what} in a handler: a worker runs many steps and is ended by the engine only; return or throw instead`,
    );
  };
  process.exit = ((code?: unknown) =>
    refuse(`process.exit(${code === undefined ? '' : String(code)})`)) as typeof process.exit;
  own.reallyExit = (code?: unknown) => refuse(`process.reallyExit(${String(code)})`);
  process.abort = () => refuse('process.abort()');
  process.kill = ((pid: number, signal?: string | number) => {
    // Signals 0 (a test whether it lives) and to others are the author's business.
    if (signal !== 0 && (pid === process.pid || pid === 0 || pid === -process.pid))
      refuse(`process.kill(${pid}, ${String(signal)})`);
    return kill(pid, signal);
  }) as typeof process.kill;
  return end;
}

/** The engine drains by message: a Ctrl-C or SIGTERM to the whole group is for it alone. */
export function ignoreSignals(): void {
  // A handler instead of a disposition, because processes that an author starts would inherit the latter.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
}

/** Give errors of microtasks to the run that queued them: Node does not say whose they are. */
export function watchMicrotasks(
  running: () => Running | undefined,
  failed: (error: unknown, whose: Running) => void,
): void {
  const queue = globalThis.queueMicrotask;
  globalThis.queueMicrotask = (work) => {
    const whose = running();
    if (whose === undefined || typeof work !== 'function') {
      queue(work);
      return;
    }
    queue(() => {
      try {
        work();
      } catch (error) {
        failed(error, whose);
      }
    });
  };
}

/** Refuse the protocol's descriptor in `node:fs`. */
export function guardDescriptor(fd: number): void {
  const functions = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of FD_FUNCTIONS) {
    const original = functions[name] as (...args: unknown[]) => unknown;
    const guarded = function (this: unknown, ...args: unknown[]): unknown {
      if (args[0] === fd) {
        throw Object.assign(new Error(`EBADF: ${name} of the descriptor ${fd}, which belongs to Motia`), {
          code: 'EBADF',
        });
      }
      return original.apply(this, args);
    };
    // Symbols and names too: util.promisify and others look at them.
    functions[name] = Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(original));
  }
  syncBuiltinESMExports();
}
