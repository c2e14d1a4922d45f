/**
 * Messages of the worker protocol, version 1, as `protocol/worker.md` specifies them: types, and the
 * check of what the engine sends. Unknown fields are ignored; an unknown type is a protocol fault.
 */

import { ProtocolFault } from './frames.js';

export const PROTOCOL_VERSION = 1;

export interface Hello {
  readonly type: 'hello';
  readonly protocol: number;
  readonly engine: string;
  readonly worker: string;
  readonly environment?: string;
  readonly payload_bytes_max?: number;
  readonly log_bytes_max?: number;
  readonly stack_bytes_max?: number;
  readonly calls_max?: number;
  readonly stall_ms?: number;
}

export interface Load {
  readonly type: 'load';
  readonly root: string;
  readonly files: readonly string[];
  /** Send `loading` before each file and each start hook. */
  readonly tells?: boolean;
  /** Wait for the end of each file before the next begins. */
  readonly apart?: boolean;
}

export interface RequestMessage {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly params?: Record<string, unknown>;
  readonly query?: Record<string, unknown>;
  readonly headers?: readonly (readonly [string, string])[];
  readonly media?: 'none' | 'json' | 'form' | 'multipart' | 'text' | 'bytes';
  readonly form?: Record<string, string | string[]>;
  readonly files?: readonly FilePart[];
  readonly client?: string;
}

export interface FilePart {
  readonly name: string;
  readonly filename: string;
  readonly content_type: string;
  readonly offset: number;
  readonly length: number;
}

export interface Invoke {
  readonly type: 'invoke';
  readonly invocation: number;
  readonly step: string;
  readonly kind: 'api' | 'event' | 'cron' | 'manual' | 'replay' | 'error';
  readonly trace: string;
  readonly span: string;
  readonly run?: string;
  readonly attempt?: number;
  readonly deadline_ms?: number;
  readonly payload?: unknown;
  readonly retry_count?: number;
  readonly trigger?: Record<string, unknown>;
  readonly request?: RequestMessage;
}

export interface Cancel {
  readonly type: 'cancel';
  readonly invocation: number;
  readonly reason: string;
}

export interface CallErrorMessage {
  readonly code: string;
  readonly message: string;
  readonly kind?: string;
  readonly hint?: string;
  readonly problems?: readonly { path: string; message: string; where?: string; keyword?: string }[];
  readonly error?: { name: string; message: string; stack?: string; kind?: string };
}

export interface Reply {
  readonly type: 'reply';
  readonly call: number;
  readonly value?: unknown;
  readonly error?: CallErrorMessage | null;
}

export interface Pull {
  readonly type: 'pull';
  readonly invocation: number;
  readonly bytes: number;
}

export interface Drain {
  readonly type: 'drain';
}

export interface Ping {
  readonly type: 'ping';
  readonly token: number;
}

export type EngineMessage = Hello | Load | Invoke | Cancel | Reply | Pull | Drain | Ping;

type Kind = 'text' | 'integer' | 'object' | 'texts' | 'optional text' | 'optional integer' | 'optional object';

const FIELDS: { readonly [Type in EngineMessage['type']]: readonly (readonly [string, Kind])[] } = {
  hello: [
    ['protocol', 'integer'],
    ['engine', 'text'],
    ['worker', 'text'],
    ['payload_bytes_max', 'optional integer'],
    ['log_bytes_max', 'optional integer'],
    ['stack_bytes_max', 'optional integer'],
    ['calls_max', 'optional integer'],
    ['stall_ms', 'optional integer'],
  ],
  load: [
    ['root', 'text'],
    ['files', 'texts'],
  ],
  invoke: [
    ['invocation', 'integer'],
    ['step', 'text'],
    ['kind', 'text'],
    ['trace', 'text'],
    ['span', 'text'],
    ['run', 'optional text'],
    ['attempt', 'optional integer'],
    ['retry_count', 'optional integer'],
    ['trigger', 'optional object'],
    ['request', 'optional object'],
  ],
  cancel: [
    ['invocation', 'integer'],
    ['reason', 'text'],
  ],
  reply: [
    ['call', 'integer'],
    ['error', 'optional object'],
  ],
  pull: [
    ['invocation', 'integer'],
    ['bytes', 'integer'],
  ],
  drain: [],
  ping: [['token', 'integer']],
};

const REQUEST_FIELDS: readonly (readonly [string, Kind])[] = [
  ['method', 'text'],
  ['url', 'text'],
  ['path', 'text'],
  ['params', 'optional object'],
  ['query', 'optional object'],
  ['headers', 'optional object'],
  ['media', 'optional text'],
  ['form', 'optional object'],
  ['files', 'optional object'],
  ['client', 'optional text'],
];

/** The message of a JSON text. Throws a `ProtocolFault` when it is none that the engine may send. */
export function readMessage(text: string): EngineMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (error) {
    throw new ProtocolFault(`a JSON text cannot be read: ${(error as Error).message}`);
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    throw new ProtocolFault('a JSON text is no object');
  }
  const type = (message as { type?: unknown }).type;
  const fields = typeof type === 'string' && Object.hasOwn(FIELDS, type) ? FIELDS[type as EngineMessage['type']] : null;
  if (fields === null)
    throw new ProtocolFault(`there is no message ${JSON.stringify(type)?.slice(0, 80)} from the engine`);
  check(message as Record<string, unknown>, fields, type as string);
  if (type === 'invoke') {
    const request = (message as Invoke).request;
    if (request != null) check(request as unknown as Record<string, unknown>, REQUEST_FIELDS, 'request');
  }
  return message as EngineMessage;
}

function check(message: Record<string, unknown>, fields: readonly (readonly [string, Kind])[], type: string): void {
  for (let index = 0; index < fields.length; index++) {
    const [name, kind] = fields[index] as readonly [string, Kind];
    if (!isOf(message[name], kind)) throw new ProtocolFault(`the field ${name} of ${type} is missing or no ${kind}`);
  }
}

function isOf(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'integer':
      return Number.isInteger(value);
    case 'object':
      return typeof value === 'object' && value !== null;
    case 'texts':
      return Array.isArray(value) && value.every((one) => typeof one === 'string');
    case 'optional text':
      return value === undefined || typeof value === 'string';
    case 'optional integer':
      return value === undefined || Number.isInteger(value);
    case 'optional object':
      return value === undefined || typeof value === 'object';
  }
}
