/**
 * A thread beside the loop: says where the loop stands still, and ends the process when the engine is
 * gone and the loop does not notice.
 *
 * Invariants
 * 1. It writes to the socket only while it holds `Lines`, and then one whole frame.
 * 2. `stalled` is sent once per stall, and never with the stack of what came after it.
 */

import { writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { encodeFrame } from '../protocol/frames.js';
import { Lines } from '../protocol/lines.js';

/** What the watchdog is started with. */
export interface WatchdogData {
  readonly fd: number;
  readonly memory: SharedArrayBuffer;
}

const LOOK_MS = 100;
/** Every so many looks is enough when nothing is in flight. */
const LOOKS_IDLE = 4;
/** How long the main thread has to say what it runs; in native code that does not come back it never does. */
const PAUSE_MS_MAX = 1_000;
/** The loop gets a moment to end by itself. */
const END_AFTER_EOF_MS = 400;
const EVALUATE = 'globalThis[Symbol.for("motia.watchdog")]?.(new Error().stack)';
const NOTHING = Buffer.alloc(0);

interface Look {
  readonly invocation: number;
  readonly step: string;
  readonly stack: string;
}

class Watchdog {
  readonly #port: MessagePort;
  readonly #fd: number;
  readonly #lines: Lines;
  #looks = 0;
  #steps: readonly string[] = [];
  #askedMono = 0;
  #turnsAsked = 0;
  #isReported = false;
  #isEnding = false;

  constructor(port: MessagePort, data: WatchdogData) {
    this.#port = port;
    this.#fd = data.fd;
    this.#lines = new Lines(data.memory);
    port.on('message', (steps: readonly string[]) => {
      this.#steps = steps;
    });
    setInterval(() => this.#look(), LOOK_MS);
  }

  #look(): void {
    this.#looks += 1;
    if (this.#lines.inFlight === 0) {
      // Nothing that anybody waits for; but a timer of the author's may still hold the loop.
      if (this.#looks % LOOKS_IDLE === 0) this.#endIfAlone();
      this.#askedMono = 0;
      return;
    }
    const now = performance.now();
    if (this.#askedMono === 0 || this.#lines.turns !== this.#turnsAsked) {
      this.#askedMono = now;
      this.#turnsAsked = this.#lines.turns;
      this.#isReported = false;
      this.#port.postMessage(null);
      return;
    }
    // A loop that turns notices the end of the engine by itself.
    const stalledMs = now - this.#askedMono;
    if (stalledMs >= LOOK_MS) this.#endIfAlone();
    if (stalledMs >= this.#lines.stallMs && !this.#isReported) {
      this.#isReported = true;
      void this.#report(this.#askedMono, this.#turnsAsked);
    }
  }

  async #report(askedMono: number, turns: number): Promise<void> {
    const { invocation, step, stack } = await this.#lookInside(turns);
    // The loop went on before anybody could look: whatever runs now is not what held it.
    if (stack === '' && this.#lines.turns !== turns) return;
    const ms = Math.round(performance.now() - askedMono);
    const frame = encodeFrame(JSON.stringify({ type: 'stalled', invocation, step, ms, stack }));
    for (let tries = 0; tries < 10 && !this.#lines.tryTakeForWatchdog(); tries++) {
      if (this.#lines.turns !== turns) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (tries === 9) return;
    }
    try {
      this.#write(frame);
    } finally {
      this.#lines.release();
    }
  }

  /** What the main thread runs now; without a stack when it is in native code that does not come back. */
  async #lookInside(turns: number): Promise<Look> {
    const session = new Session();
    const last = { invocation: this.#lines.lastEntered, step: this.#steps[this.#lines.lastStep] ?? '', stack: '' };
    try {
      session.connectToMainThread();
      return await new Promise<Look>((resolve) => {
        setTimeout(() => resolve(last), PAUSE_MS_MAX);
        session.on('Debugger.paused', () => {
          if (this.#lines.turns !== turns) {
            session.post('Debugger.resume');
            resolve(last);
            return;
          }
          // In the global scope: inside of Node's own functions names such as Symbol may mean something else.
          session.post('Runtime.evaluate', { expression: EVALUATE, returnByValue: true }, (error, done) => {
            session.post('Debugger.resume');
            const isFound = error === null && done.exceptionDetails === undefined && done.result.value != null;
            resolve(isFound ? (done.result.value as Look) : last);
          });
        });
        session.post('Debugger.enable');
        session.post('Debugger.pause');
      });
    } catch {
      return last;
    } finally {
      session.disconnect();
    }
  }

  #write(frame: Buffer): void {
    let sent = 0;
    for (let tries = 0; sent < frame.length && tries < 1_000; ) {
      try {
        sent += writeSync(this.#fd, frame, sent);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        // The engine does not read: with nothing sent the report is dropped, with a part of it there is no way back.
        if (sent === 0 && tries >= 10) return;
        tries += 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      }
    }
  }

  /** End the process soon when the other end of the socket is closed. */
  #endIfAlone(): void {
    if (this.#isEnding) return;
    try {
      // Writing nothing changes nothing, and fails when nobody can read it.
      writeSync(this.#fd, NOTHING, 0, 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return;
      this.#isEnding = true;
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), END_AFTER_EOF_MS);
    }
  }
}

if (parentPort !== null) new Watchdog(parentPort, workerData as WatchdogData);
