/** A port that keeps what is asked of it and answers from a list: the engine of the tests of authoring. */

import { current, Invocation, type LogLevel, type Port, type Span } from '../../src/authoring/invocation.js';

export class MemoryPort implements Port {
  payloadBytesMax = 1_000;
  readonly calls: [op: string, args: unknown][] = [];
  readonly refused: string[] = [];
  readonly logs: [level: LogLevel, message: string, fields: unknown][] = [];
  /** Whose the lines of `logs` are. */
  readonly owners: (Invocation | undefined)[] = [];
  readonly spans: Span[] = [];
  /** Values of the calls to come, in order; an Error rejects. */
  readonly replies: unknown[];

  constructor(...replies: unknown[]) {
    this.replies = replies;
  }

  async call<T>(_: Invocation, op: string, args: string, _what: string, finish: (value: any) => T): Promise<T> {
    this.calls.push([op, JSON.parse(args)]);
    const reply = this.replies.shift() ?? null;
    if (reply instanceof Error) throw reply;
    return finish(reply);
  }

  refuse(_: Invocation, error: unknown, what: string): Promise<never> {
    this.refused.push(what);
    return Promise.reject(error);
  }

  keep<T>(_: Invocation, work: () => Promise<T>): Promise<T> {
    return work();
  }

  log(owner: Invocation | undefined, level: LogLevel, message: string, fields: string | undefined): void {
    this.owners.push(owner);
    this.logs.push([level, message, fields === undefined ? undefined : JSON.parse(fields)]);
  }

  span(_: Invocation, span: Span): void {
    this.spans.push(span);
  }
}

/** Run `work` as the handler of an invocation of `port`. */
export function inHandler<T>(port: Port, work: (invocation: Invocation) => T): T {
  const invocation = new Invocation(
    {
      number: 1,
      step: 'step',
      kind: 'event',
      trace: '0af7651916cd43dd8448eb211c80319c',
      span: 'b7ad6b7169203331',
      run: '00000000000000a1',
      attempt: 2,
      retryCount: 1,
      trigger: { target: 'topic' },
    },
    port,
  );
  return current.run(invocation, () => work(invocation));
}
