/** An invocation with what the worker knows about it while it runs. */

import type { Port } from '../authoring/invocation.js';
import { Invocation } from '../authoring/invocation.js';
import type { Declaration } from '../authoring/registry.js';
import type { Invoke } from '../protocol/messages.js';
import type { Outflow } from './streams.js';

/** A frame to be: its JSON text and its blob. */
export interface Frame {
  readonly text: string;
  readonly blob?: Uint8Array | undefined;
}

/** One invocation in flight in this worker. */
export class Running extends Invocation {
  readonly declaration: Declaration;
  /** Monotonic ms at which `invoke` was read, and at which the handler was entered (0: not yet). */
  readonly readMono: number;
  enteredMono = 0;
  /** Calls without a reply, and work that `keep` runs. */
  pending = 0;
  /** Work that `keep` runs: it may call although the handler has returned. */
  kept = 0;
  /** The answer, while calls are without a reply. */
  held: Frame | undefined = undefined;
  outflow: Outflow | undefined = undefined;
  /** What a streamed response is read from. */
  source: unknown = undefined;
  /** Whether the `result` that opens a streamed response was sent. */
  hasBegun = false;
  /** What was printed without a line end yet, by source. */
  printed: Map<string, string> | undefined = undefined;
  /** Failed calls that nobody has looked at, by the promise that was rejected. */
  unseen: Map<Promise<unknown>, string> | undefined = undefined;

  constructor(message: Invoke, declaration: Declaration, port: Port, readMono: number) {
    super(
      {
        number: message.invocation,
        step: message.step,
        kind: message.kind,
        trace: message.trace,
        span: message.span,
        run: message.run ?? '',
        attempt: message.attempt ?? 1,
        retryCount: message.retry_count ?? 0,
        trigger: message.trigger ?? {},
      },
      port,
    );
    this.declaration = declaration;
    this.readMono = readMono;
  }
}
