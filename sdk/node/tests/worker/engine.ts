/** The engine's end of a worker for tests: in this process over memory, or as a process of its own over a socket. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { encodeFrame, FrameDecoder } from '../../src/protocol/frames.js';
import { Lines } from '../../src/protocol/lines.js';
import { NodeWorker } from '../../src/worker/worker.js';

const LIMIT_MS = 10_000;
const INVOKE = {
  type: 'invoke',
  kind: 'event',
  trace: '0af7651916cd43dd8448eb211c80319c',
  span: 'b7ad6b7169203331',
  run: '00000000000000a1',
};

/** A message as it came, with its blob. */
export type Met = Record<string, any> & { blob: Buffer };

const cleanups: (() => void)[] = [];
after(() => {
  for (const cleanup of cleanups) cleanup();
});

/** A project of these files under motia/steps. */
export function project(files: Record<string, string>): { root: string; files: string[] } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'motia-worker-')));
  cleanups.push(() => rmSync(root, { recursive: true, force: true }));
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  const names = Object.keys(files).map((name) => `motia/steps/${name}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'motia/steps', name)), { recursive: true });
    writeFileSync(join(root, 'motia/steps', name), text);
  }
  return { root, files: names };
}

/** Speaks to a worker; every wait has a limit. */
export abstract class Engine {
  readonly #messages: Met[] = [];
  readonly #decoder = new FrameDecoder((text, blob) => {
    this.#messages.push({ ...JSON.parse(text), blob });
    this.#wake?.();
  });
  readonly logs: Met[] = [];
  #wake: (() => void) | undefined;
  #hasEnded = false;

  /** Send a JSON text that no object could say. */
  abstract sendText(text: string, blob?: Uint8Array): void;

  send(message: object, blob?: Uint8Array): void {
    this.sendText(JSON.stringify(message), blob);
  }

  protected received(data: Buffer): void {
    this.#decoder.feed(data);
  }

  protected ended(): void {
    this.#hasEnded = true;
    this.#wake?.();
  }

  /** The next message, log lines too. */
  async receive(): Promise<Met> {
    const until = Date.now() + LIMIT_MS;
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#hasEnded) throw new Error('the worker closed the connection');
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((done, fail) => {
        this.#wake = done;
        timer = setTimeout(() => fail(new Error('the worker says nothing')), until - Date.now());
      }).finally(() => clearTimeout(timer));
    }
  }

  /** The next message that is no log line; log lines go to `logs`. */
  async next(): Promise<Met> {
    for (;;) {
      const message = await this.receive();
      if (message.type !== 'log') return message;
      this.logs.push(message);
    }
  }

  async untilLog(text: string): Promise<Met> {
    for (;;) {
      const message = await this.receive();
      if (message.type === 'log' && message.message.includes(text)) return message;
    }
  }

  async greetAndLoad(made: { root: string; files: string[] }, hello: object = {}): Promise<Met> {
    this.send({ type: 'hello', protocol: 1, engine: 'test', worker: 'node-1', ...hello });
    await this.next();
    this.send({ type: 'load', ...made });
    return this.next();
  }

  invoke(step: string, payload: unknown = {}, more: object = {}): void {
    this.send({ ...INVOKE, invocation: 1, step, payload, ...more });
  }

  request(step: string, request: object = {}, blob?: Uint8Array): void {
    this.send(
      {
        ...INVOKE,
        run: '',
        kind: 'api',
        invocation: 1,
        step,
        request: { method: 'GET', url: '/', path: '/', ...request },
      },
      blob,
    );
  }

  /** Invoke and wait for the answer. */
  async run(step: string, payload: unknown = {}, more: object = {}): Promise<Met> {
    this.invoke(step, payload, more);
    return this.next();
  }

  /** Read to the end of the connection. */
  async ends(): Promise<void> {
    try {
      for (;;) await this.next();
    } catch (error) {
      if (!/closed the connection/.test(String(error))) throw error;
    }
  }
}

/** A worker inside this process. */
export class MemoryEngine extends Engine {
  readonly worker: NodeWorker;
  readonly complaints: string[] = [];

  constructor() {
    super();
    this.worker = new NodeWorker({
      sink: {
        backlogBytes: 0,
        write: (parts) => {
          this.received(Buffer.concat(parts));
          return true;
        },
      },
      lines: new Lines(),
      sdkUrl: pathToFileURL(resolve('dist-tests/index.mjs')).href,
      greeted: () => {},
      loading: () => {},
      loaded: () => {},
      closed: () => this.ended(),
      complain: (text) => this.complaints.push(text),
    });
  }

  sendText(text: string, blob?: Uint8Array): void {
    this.worker.feed(encodeFrame(text, blob));
  }
}

/** A worker as a process of its own. */
export class ProcessEngine extends Engine {
  readonly child: ChildProcess;
  readonly socket: Socket;
  output = '';

  constructor(root: string) {
    super();
    const worker = resolve('dist-tests/worker.mjs');
    this.child = spawn(process.execPath, ['--enable-source-maps', worker], {
      cwd: root,
      env: { ...process.env, MOTIA_WORKER_FD: '3' },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    cleanups.push(() => this.child.kill('SIGKILL'));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
    this.socket = this.child.stdio[3] as Socket;
    this.socket.on('data', (chunk: Buffer) => this.received(chunk));
    this.socket.on('close', () => this.ended());
    this.socket.on('error', () => {});
  }

  sendText(text: string, blob?: Uint8Array): void {
    this.socket.write(encodeFrame(text, blob));
  }

  /** The status of its exit. */
  async exit(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      await once(this.child, 'exit', { signal: AbortSignal.timeout(LIMIT_MS) });
    }
    return this.child.exitCode;
  }
}
