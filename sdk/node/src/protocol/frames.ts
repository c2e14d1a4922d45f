/**
 * Frames of the worker protocol: two lengths, a JSON text, a blob. Bytes in and out, no sockets.
 *
 * Invariants
 * 1. A length over its bound, or text that is not UTF-8, is a `ProtocolFault`; nothing after it is read.
 * 2. A frame that comes in pieces is put together once, when its last byte is there.
 * 3. A blob is a slice of what was read, not a copy.
 */

import { isUtf8 } from 'node:buffer';

export const JSON_BYTES_MAX = 16_777_216;
export const BLOB_BYTES_MAX = 67_108_864;
export const HEADER_BYTES = 8;

const NOTHING = Buffer.alloc(0);

/** The other side broke the protocol: the connection ends. */
export class ProtocolFault extends Error {
  override readonly name = 'ProtocolFault';
}

/** Takes the JSON text and the blob of one frame. */
export type TakeFrame = (text: string, blob: Buffer) => void;

/** Cuts a stream of bytes into frames. */
export class FrameDecoder {
  readonly #take: TakeFrame;
  #parts: Buffer[] = [];
  #partsBytes = 0;
  #neededBytes = HEADER_BYTES;

  constructor(take: TakeFrame) {
    this.#take = take;
  }

  /** Take bytes; `take` is called for each frame that is complete now. Throws a `ProtocolFault`. */
  feed(data: Buffer): void {
    if (this.#parts.length > 0) {
      this.#parts.push(data);
      this.#partsBytes += data.length;
      if (this.#partsBytes < this.#neededBytes) return;
      data = Buffer.concat(this.#parts, this.#partsBytes);
      this.#parts = [];
    }
    const rest = this.#cut(data);
    if (rest < data.length) {
      this.#parts = [rest === 0 ? data : data.subarray(rest)];
      this.#partsBytes = data.length - rest;
    }
  }

  /** Take the complete frames of `data`; where the first incomplete one begins. */
  #cut(data: Buffer): number {
    let start = 0;
    for (;;) {
      if (data.length - start < HEADER_BYTES) {
        this.#neededBytes = HEADER_BYTES;
        return start;
      }
      const jsonBytes = data.readUInt32BE(start);
      const blobBytes = data.readUInt32BE(start + 4);
      if (jsonBytes < 2 || jsonBytes > JSON_BYTES_MAX) {
        throw new ProtocolFault(`a JSON text of ${jsonBytes} bytes: 2 to ${JSON_BYTES_MAX} are allowed`);
      }
      if (blobBytes > BLOB_BYTES_MAX) {
        throw new ProtocolFault(`a blob of ${blobBytes} bytes: at most ${BLOB_BYTES_MAX} are allowed`);
      }
      const textStart = start + HEADER_BYTES;
      const blobStart = textStart + jsonBytes;
      const end = blobStart + blobBytes;
      if (end > data.length) {
        this.#neededBytes = end - start;
        return start;
      }
      this.#take(textOf(data, textStart, blobStart), blobBytes === 0 ? NOTHING : data.subarray(blobStart, end));
      start = end;
    }
  }
}

/** The frame of a JSON text and a blob, in one piece. */
export function encodeFrame(text: string, blob: Uint8Array = NOTHING): Buffer {
  const jsonBytes = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + jsonBytes + blob.length);
  frame.writeUInt32BE(jsonBytes, 0);
  frame.writeUInt32BE(blob.length, 4);
  frame.write(text, HEADER_BYTES, 'utf8');
  frame.set(blob, HEADER_BYTES + jsonBytes);
  return frame;
}

function textOf(data: Buffer, start: number, end: number): string {
  const text = data.toString('utf8', start, end);
  // Decoding replaces what is not UTF-8; only a text with a replacement needs the second look.
  if (text.includes('\ufffd') && !isUtf8(data.subarray(start, end)))
    throw new ProtocolFault('a JSON text is not UTF-8');
  return text;
}
