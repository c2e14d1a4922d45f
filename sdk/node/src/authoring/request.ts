/** The request as a handler sees it. Parts are decoded when they are first asked for. */

import { writeFile } from 'node:fs/promises';
import type { RequestMessage } from '../protocol/messages.js';
import type { Request, RequestHeaders, UploadedFile } from '../types.js';
import { InputInvalid } from './errors.js';
import { findInexact } from './integers.js';

type Pairs = readonly (readonly [string, string])[];
type FilesByField = Record<string, UploadedFile | UploadedFile[]>;

/** A file of a multipart body: a slice of it. */
class FileSlice implements UploadedFile {
  readonly name: string;
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly #content: Buffer;

  constructor(name: string, filename: string, contentType: string, content: Buffer) {
    this.name = name;
    this.filename = filename;
    this.contentType = contentType;
    this.sizeBytes = content.length;
    this.#content = content;
  }

  read(): Buffer {
    return this.#content;
  }

  text(): string {
    return this.#content.toString('utf8');
  }

  async save(path: string): Promise<void> {
    await writeFile(path, this.#content);
  }
}

const NOT_DECODED = Symbol('not decoded');

/** One HTTP request; `request` is itself, so that handlers may take parts and whole by destructuring. */
export class HttpRequest implements Request {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly client: string;
  readonly media: NonNullable<RequestMessage['media']>;
  readonly raw: Buffer;
  readonly params: any;
  readonly query: any;
  readonly form: Record<string, string | string[]>;
  readonly #pairs: Pairs;
  readonly #message: RequestMessage;
  #headers: RequestHeaders | undefined;
  #files: FilesByField | undefined;
  #body: unknown = NOT_DECODED;

  constructor(message: RequestMessage, raw: Buffer) {
    this.method = message.method;
    this.url = message.url;
    this.path = message.path;
    this.client = message.client ?? '';
    this.media = message.media ?? 'none';
    this.raw = raw;
    this.params = message.params ?? {};
    this.query = message.query ?? {};
    this.form = message.form ?? {};
    this.#pairs = message.headers ?? [];
    this.#message = message;
  }

  get request(): this {
    return this;
  }

  get headers(): RequestHeaders {
    if (this.#headers === undefined) {
      const headers: Record<string, string> = {};
      for (const [name, value] of this.#pairs) {
        headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${value}` : value;
      }
      this.#headers = headers;
    }
    return this.#headers;
  }

  headerValues(name: string): string[] {
    const lowered = name.toLowerCase();
    return this.#pairs.filter(([known]) => known === lowered).map(([, value]) => value);
  }

  get cookies(): Record<string, string> {
    const cookies: Record<string, string> = {};
    for (const part of (this.headers.cookie ?? '').split(';')) {
      const at = part.indexOf('=');
      if (at > 0)
        cookies[part.slice(0, at).trim()] = part
          .slice(at + 1)
          .trim()
          .replace(/^"+|"+$/g, '');
    }
    return cookies;
  }

  get files(): FilesByField {
    if (this.#files === undefined) {
      this.#files = {};
      for (const { name, filename, content_type, offset, length } of this.#message.files ?? []) {
        const file = new FileSlice(name, filename, content_type, this.raw.subarray(offset, offset + length));
        const known = Object.hasOwn(this.#files, name) ? this.#files[name] : undefined;
        if (known === undefined) this.#files[name] = file;
        else if (Array.isArray(known)) known.push(file);
        else this.#files[name] = [known, file];
      }
    }
    return this.#files;
  }

  get text(): string {
    return this.raw.toString('utf8');
  }

  get body(): any {
    if (this.#body === NOT_DECODED) this.#body = this.#decodeBody();
    return this.#body;
  }

  json(): any {
    const text = this.text;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      const message = `malformed JSON: ${(error as Error).message}`;
      throw new InputInvalid([{ path: '', message, where: 'body', keyword: 'json' }]);
    }
    const inexact = findInexact(text);
    if (inexact !== undefined) throw new InputInvalid([{ ...inexact, where: 'body', keyword: 'maximum' }]);
    return value;
  }

  /** The same request with parts replaced by what their schemas made of them. */
  withParts(parts: { body?: unknown; query?: unknown; params?: unknown; headers?: unknown }): HttpRequest {
    const message = { ...this.#message };
    if ('query' in parts) message.query = parts.query as Record<string, unknown>;
    if ('params' in parts) message.params = parts.params as Record<string, unknown>;
    const request = new HttpRequest(message, this.raw);
    request.#body = 'body' in parts ? parts.body : this.#body;
    request.#files = this.#files;
    request.#headers = 'headers' in parts ? (parts.headers as RequestHeaders) : this.#headers;
    return request;
  }

  #decodeBody(): unknown {
    switch (this.media) {
      case 'json':
        return this.raw.length > 0 ? this.json() : null;
      case 'form':
      case 'multipart':
        return { ...this.form, ...this.files };
      case 'text':
        return this.text;
      default:
        return this.media === 'bytes' || this.raw.length > 0 ? this.raw : null;
    }
  }
}
