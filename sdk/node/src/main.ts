/** The worker's entry: takes the socket from MOTIA_WORKER_FD and speaks the worker protocol over it until the end. */

import { fstatSync, writeSync } from 'node:fs';
import { motia } from './authoring/context.js';
import { current } from './authoring/invocation.js';
import { Lines } from './protocol/lines.js';
import { SocketTransport } from './protocol/transport.js';
import { startWatchdog } from './worker/beside.js';
import { capture } from './worker/capture.js';
import { guardDescriptor, guardProcess, ignoreSignals, watchMicrotasks } from './worker/guards.js';
import { Running } from './worker/running.js';
import { NodeWorker } from './worker/worker.js';

const UNUSABLE_EXIT = 2;
const UNCAUGHT = 'an error that nobody caught';

function main(): void {
  const value = process.env.MOTIA_WORKER_FD ?? '';
  delete process.env.MOTIA_WORKER_FD;
  const fd = /^\d+$/.test(value) ? Number(value) : -1;
  if (fd < 0 || !isSocket(fd)) {
    complain('MOTIA_WORKER_FD names no socket: this process is started by the Motia engine');
    process.exit(UNUSABLE_EXIT);
  }
  serve(fd);
}

function serve(fd: number): void {
  const end = guardProcess();
  ignoreSignals();
  const lines = new Lines();
  let tellSteps: (steps: readonly string[]) => void = () => {};
  const transport = new SocketTransport(fd, lines, { data: (chunk) => worker.feed(chunk), end: () => worker.eof() });
  const worker: NodeWorker = new NodeWorker({
    sink: transport,
    lines,
    sdkUrl: new URL('./index.mjs', import.meta.url).href,
    greeted: () => capture(worker.logLine),
    loading: () => {
      guardDescriptor(fd);
      tellSteps = startWatchdog(fd, lines, {
        stepOf: (number) => worker.inFlight(number)?.step ?? '',
        root: () => worker.root,
      });
    },
    loaded: (steps) => tellSteps(steps),
    closed: () => transport.close(() => end(0)),
    complain,
  });
  watchMicrotasks(running, (error, whose) => worker.uncaught(error, whose, UNCAUGHT));
  process.on('unhandledRejection', (error, promise) => worker.unhandledRejection(error, promise, running()));
  process.on('rejectionHandled', (promise) => worker.rejectionHandled(promise));
  process.on('uncaughtException', (error) => worker.uncaught(error, running(), UNCAUGHT));
  Object.defineProperty(globalThis, 'motia', { value: motia, writable: true, configurable: true });
}

function running(): Running | undefined {
  const found = current.getStore();
  return found instanceof Running ? found : undefined;
}

function complain(text: string): void {
  try {
    writeSync(2, `motia worker: ${text}\n`);
  } catch {
    // nobody reads it
  }
}

function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}

main();
