/** The main thread's side of the watchdog: starts it, tells it that the loop turns, and what runs when it looks inside. */

import { Worker } from 'node:worker_threads';
import { current } from '../authoring/invocation.js';
import type { Lines } from '../protocol/lines.js';
import { framesOf, framesText } from './stacks.js';
import type { WatchdogData } from './watchdog.js';

/** What the loop runs when the watchdog looks inside. */
export interface Inside {
  /** Step of an invocation in flight; empty when it is not. */
  stepOf(invocation: number): string;
  root(): string;
}

/** Start the watchdog of the socket `fd`; the returned function tells it the steps. It does not keep the process alive. */
export function startWatchdog(fd: number, lines: Lines, inside: Inside): (steps: readonly string[]) => void {
  const data: WatchdogData = { fd, memory: lines.memory };
  // Nothing of the author's (NODE_OPTIONS, --require) belongs into this thread.
  const thread = new Worker(new URL('./watchdog.mjs', import.meta.url), {
    workerData: data,
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
  });
  thread.on('message', () => lines.turned());
  // Without a watchdog the worker works; only its stalls go unreported.
  thread.on('error', () => {});
  thread.unref();
  Object.defineProperty(globalThis, Symbol.for('motia.watchdog'), {
    value: (stack: string) => {
      const running = current.getStore();
      const invocation = running?.number ?? lines.lastEntered;
      return {
        invocation,
        step: running?.step ?? inside.stepOf(invocation),
        stack: framesText(framesOf(stack), inside.root()),
      };
    },
  });
  return (steps) => thread.postMessage(steps);
}
