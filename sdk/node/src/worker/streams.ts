/** Flow control of one streamed response: the engine grants bytes, the handler waits for them. */

import { Cancelled } from '../authoring/errors.js';

export const CREDIT_BYTES_FIRST = 256 * 1024;

/** The body of a streamed response on its way out. */
export class Outflow {
  readonly #send: (piece: Uint8Array) => void;
  #creditBytes = CREDIT_BYTES_FIRST;
  #abortedBy = '';
  #wake: (() => void) | undefined;

  constructor(send: (piece: Uint8Array) => void) {
    this.#send = send;
  }

  /** Send a piece once any credit is left. Rejects with `Cancelled` after `abort`; nothing of it is sent then. */
  async write(piece: Uint8Array): Promise<void> {
    while (this.#creditBytes <= 0 && piece.length > 0 && this.#abortedBy === '') {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#abortedBy !== '') throw new Cancelled(this.#abortedBy);
    if (piece.length === 0) return;
    this.#creditBytes -= piece.length;
    this.#send(piece);
  }

  /** The engine takes so many bytes more. */
  grant(bytes: number): void {
    this.#creditBytes += bytes;
    if (this.#creditBytes > 0) this.#wake?.();
  }

  /** Nobody takes more: whoever waits to write gets `Cancelled`. */
  abort(reason: string): void {
    this.#abortedBy = reason;
    this.#wake?.();
  }
}
