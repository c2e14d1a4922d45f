/**
 * The worker's side of a session: which message is allowed when. No sockets, no clock.
 *
 * | from | to | message or event | when |
 * |---|---|---|---|
 * | connected | greeted | hello | the engine speaks version 1 |
 * | greeted | loading | load | |
 * | greeted | closed | drain | nothing was loaded |
 * | loading | ready | `loaded()` | the manifest is sent |
 * | loading | draining | `loaded()` | the manifest is sent and drain came meanwhile |
 * | ready | draining | drain | |
 * | draining | closed | `close()` | everything in flight is answered |
 * | any | closed | `close()`, a protocol fault | |
 *
 * Invariants
 * 1. A message that the state does not allow is a protocol fault; nothing of it is carried out.
 * 2. `closed` is final.
 */

import { FrameDecoder, ProtocolFault } from './frames.js';
import { type EngineMessage, PROTOCOL_VERSION, readMessage } from './messages.js';

export type SessionState = 'connected' | 'greeted' | 'loading' | 'ready' | 'draining' | 'closed';

const ALLOWED: { readonly [State in SessionState]: ReadonlySet<EngineMessage['type']> } = {
  connected: new Set(['hello']),
  greeted: new Set(['load', 'ping', 'drain']),
  loading: new Set(['ping', 'drain']),
  ready: new Set(['invoke', 'cancel', 'reply', 'pull', 'ping', 'drain']),
  draining: new Set(['cancel', 'reply', 'pull', 'ping']),
  closed: new Set(),
};

/** Takes an allowed message, its blob, and the JSON text it was read from. */
export type TakeMessage = (message: EngineMessage, blob: Buffer, text: string) => void;

/** Decodes what the engine sends and keeps the state. */
export class Session {
  readonly #decoder: FrameDecoder;
  readonly #take: TakeMessage;
  #drainCame = false;
  #state: SessionState = 'connected';

  /** `take` is called for each message that the state allows, after the session has moved on with it. */
  constructor(take: TakeMessage) {
    this.#take = take;
    this.#decoder = new FrameDecoder((text, blob) => this.#frame(text, blob));
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Take bytes. Throws a `ProtocolFault`; nothing after the fault is taken. */
  feed(data: Buffer): void {
    this.#decoder.feed(data);
  }

  /** The manifest is sent. */
  loaded(): void {
    if (this.#state === 'loading') this.#state = this.#drainCame ? 'draining' : 'ready';
  }

  /** The session is over. */
  close(): void {
    this.#state = 'closed';
  }

  #frame(text: string, blob: Buffer): void {
    if (this.#state === 'closed') return;
    const message = readMessage(text);
    if (!ALLOWED[this.#state].has(message.type)) {
      throw new ProtocolFault(`${message.type} is not allowed in the state ${this.#state}`);
    }
    if (message.type === 'hello') {
      if (message.protocol !== PROTOCOL_VERSION) {
        throw new ProtocolFault(
          `the engine speaks version ${message.protocol} of the worker protocol, this worker version ${PROTOCOL_VERSION}`,
        );
      }
      this.#state = 'greeted';
    } else if (message.type === 'load') {
      this.#state = 'loading';
    } else if (message.type === 'drain') {
      this.#drain();
    }
    this.#take(message, blob, text);
  }

  #drain(): void {
    if (this.#state === 'ready') this.#state = 'draining';
    else if (this.#state === 'greeted') this.#state = 'closed';
    else this.#drainCame = true;
  }
}
