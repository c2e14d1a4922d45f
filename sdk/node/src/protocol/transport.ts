/**
 * The worker's end of the socket.
 *
 * Invariants
 * 1. Bytes leave in the order of `write`; while some of them have not left, `Lines` says so.
 * 2. Reading pauses while more than `UNSENT_BYTES_MAX` wait to leave: an engine that does not read
 *    gets no further work into this process.
 */

import { Socket } from 'node:net';
import type { Lines } from './lines.js';
import type { Sink } from './outbox.js';

export const UNSENT_BYTES_MAX = 16 * 1024 * 1024;
const CLOSE_MS_MAX = 1_000;

/** What a transport tells. */
export interface TransportEvents {
  data(chunk: Buffer): void;
  end(): void;
}

/** A connected stream socket, by its file descriptor. */
export class SocketTransport implements Sink {
  readonly #socket: Socket;
  readonly #lines: Lines;
  #isClosing = false;
  /** Whether a frame is half written, so that `Lines` is still held. */
  #isHeld = false;

  constructor(fd: number, lines: Lines, events: TransportEvents) {
    this.#lines = lines;
    const socket = new Socket({
      fd,
      readable: true,
      writable: true,
      allowHalfOpen: true,
      // So low that every write that did not leave at once is followed by `drain`.
      writableHighWaterMark: 1,
    } as ConstructorParameters<typeof Socket>[0]);
    this.#socket = socket;
    let hasEnded = false;
    const end = (): void => {
      if (hasEnded) return;
      hasEnded = true;
      events.end();
    };
    socket.on('data', (chunk: Buffer) => events.data(chunk));
    socket.on('end', end);
    socket.on('error', end);
    socket.on('close', end);
    socket.on('drain', () => this.#drained());
  }

  get backlogBytes(): number {
    return this.#socket.writableLength;
  }

  write(parts: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    if (this.#isClosing || socket.destroyed) return true;
    this.#lines.takeForMain();
    if (parts.length === 1) {
      socket.write(parts[0] as Uint8Array);
    } else {
      socket.cork();
      for (const part of parts) socket.write(part);
      socket.uncork();
    }
    const unsent = socket.writableLength;
    if (unsent === 0) {
      this.#isHeld = false;
      this.#lines.release();
      return true;
    }
    this.#isHeld = true;
    if (unsent > UNSENT_BYTES_MAX) socket.pause();
    return false;
  }

  /** Send what waits (for at most a second), close, then call `done`. */
  close(done: () => void): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    const socket = this.#socket;
    const timer = setTimeout(finish, CLOSE_MS_MAX);
    function finish(): void {
      clearTimeout(timer);
      socket.destroy();
      done();
    }
    if (socket.destroyed || !socket.writable) finish();
    else socket.end(finish);
  }

  #drained(): void {
    if (!this.#isHeld || this.#socket.writableLength > 0) return;
    this.#isHeld = false;
    this.#lines.release();
    if (this.#socket.isPaused()) this.#socket.resume();
  }
}
