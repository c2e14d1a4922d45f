/**
 * What the worker has to say, gathered and written once per turn of the loop.
 *
 * Invariants
 * 1. Frames leave in the order in which they were put in.
 * 2. Log lines are dropped, and counted, while more than `LOG_BACKLOG_BYTES` wait; nothing else is.
 * 3. A buffer is used again only when the transport has written all of it.
 */

import { HEADER_BYTES } from './frames.js';

export const LOG_BACKLOG_BYTES = 8 * 1024 * 1024;
const BUFFER_BYTES = 64 * 1024;
const BLOB_COPIED_BYTES_MAX = 16 * 1024;
/** A turn that says more than this is written in parts, so that the engine reads while it goes on. */
const FLUSH_BYTES = 32 * 1024;

/** Where the frames go. `write` says whether everything has left already. */
export interface Sink {
  write(parts: readonly Uint8Array[]): boolean;
  readonly backlogBytes: number;
}

/** Frames of this worker on their way out. */
export class Outbox {
  readonly #sink: Sink;
  readonly #parts: Uint8Array[] = [];
  #partsBytes = 0;
  #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #start = 0;
  #end = 0;
  #isScheduled = false;
  #droppedLogs = 0;
  readonly #flush = (): void => {
    this.#isScheduled = false;
    this.flush();
  };

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Send a frame of this JSON text, and `blob`, when what runs now is done. */
  put(text: string, blob?: Uint8Array): void {
    const blobBytes = blob === undefined ? 0 : blob.length;
    if (HEADER_BYTES + text.length * 3 > this.#buffer.length - this.#end) {
      this.#putLarge(text, blobBytes);
    } else {
      const at = this.#end;
      const jsonBytes = this.#buffer.write(text, at + HEADER_BYTES, 'utf8');
      writeHeader(this.#buffer, at, jsonBytes, blobBytes);
      this.#end = at + HEADER_BYTES + jsonBytes;
    }
    if (blob !== undefined && blobBytes > 0) this.#putBlob(blob);
    if (this.#end - this.#start + this.#partsBytes >= FLUSH_BYTES) this.flush();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      process.nextTick(this.#flush);
    }
  }

  /** `put` a log line, or count it as dropped; `at` in ms since the epoch. */
  putLog(text: string, at: number): void {
    if (this.#end - this.#start + this.#partsBytes + this.#sink.backlogBytes > LOG_BACKLOG_BYTES) {
      this.#droppedLogs += 1;
      return;
    }
    if (this.#droppedLogs > 0) {
      const message = `${this.#droppedLogs} log lines were dropped: too many at once`;
      this.#droppedLogs = 0;
      this.put(JSON.stringify({ type: 'log', level: 'warn', message, at }));
    }
    this.put(text);
  }

  /** Write what waits. */
  flush(): void {
    this.#seal();
    if (this.#parts.length === 0) return;
    const hasLeft = this.#sink.write(this.#parts);
    this.#parts.length = 0;
    this.#partsBytes = 0;
    if (!hasLeft) this.#buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.#start = this.#end = 0;
  }

  #seal(): void {
    if (this.#end > this.#start) this.#add(this.#buffer.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }

  #add(part: Uint8Array): void {
    this.#parts.push(part);
    this.#partsBytes += part.length;
  }

  #putLarge(text: string, blobBytes: number): void {
    this.#seal();
    const jsonBytes = Buffer.byteLength(text);
    const frame = Buffer.allocUnsafe(HEADER_BYTES + jsonBytes);
    writeHeader(frame, 0, jsonBytes, blobBytes);
    frame.write(text, HEADER_BYTES, 'utf8');
    this.#add(frame);
  }

  #putBlob(blob: Uint8Array): void {
    if (blob.length <= BLOB_COPIED_BYTES_MAX && blob.length <= this.#buffer.length - this.#end) {
      this.#buffer.set(blob, this.#end);
      this.#end += blob.length;
      return;
    }
    this.#seal();
    this.#add(blob);
  }
}

function writeHeader(buffer: Buffer, at: number, jsonBytes: number, blobBytes: number): void {
  buffer[at] = jsonBytes >>> 24;
  buffer[at + 1] = jsonBytes >>> 16;
  buffer[at + 2] = jsonBytes >>> 8;
  buffer[at + 3] = jsonBytes;
  buffer[at + 4] = blobBytes >>> 24;
  buffer[at + 5] = blobBytes >>> 16;
  buffer[at + 6] = blobBytes >>> 8;
  buffer[at + 7] = blobBytes;
}
