/** One HTTP request to the engine's API, over a connection of its own, and its whole answer. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';

/** What the API answered. */
export interface Answer {
  readonly status: number;
  /** By name in lower case; repeated ones are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The body as UTF-8 text. */
  readonly text: string;
  /** The body as JSON; throws when it is none. */
  json(): any;
  /** The data of each server-sent event, decoded where it is JSON. */
  events(): any[];
}

/** Parts of a request. */
export interface RequestOptions {
  /** A body to be sent as JSON. */
  json?: unknown;
  /** A body as it stands; give its content type in `headers`. */
  body?: string | Uint8Array;
  /** Query parameters; arrays repeat their name. */
  query?: Readonly<Record<string, string | number | boolean | readonly (string | number | boolean)[]>>;
  headers?: Readonly<Record<string, string>>;
}

/** Send one request to `api` and resolve when its answer is whole; redirects are not followed. */
export function send(api: string, method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  const isJson = options.json !== undefined;
  const content = isJson ? JSON.stringify(options.json) : options.body;
  const headers: Record<string, string> = { connection: 'close' };
  if (isJson) headers['content-type'] = 'application/json';
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value;
  const { hostname, port } = new URL(api);
  return new Promise((resolve, reject) => {
    // No URL: it would rewrite a path such as /a/../b, which a test may mean.
    const sent = httpRequest(
      { hostname, port, method, path: path + queryOf(path, options.query), headers, agent: false },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => resolve(answerOf(response.statusCode ?? 0, response.headers, Buffer.concat(pieces))));
      },
    );
    sent.on('error', reject);
    sent.end(content);
  });
}

function queryOf(path: string, query: RequestOptions['query']): string {
  if (query === undefined) return '';
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
  );
  const text = new URLSearchParams(pairs).toString();
  return text && `${path.includes('?') ? '&' : '?'}${text}`;
}

function answerOf(status: number, raw: IncomingHttpHeaders, body: Buffer): Answer {
  const pairs = Object.entries(raw).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]);
  const text = body.toString('utf8');
  return {
    status,
    headers: Object.fromEntries(pairs),
    body,
    text,
    json: () => JSON.parse(text),
    events: () => events(text),
  };
}

function events(text: string): any[] {
  return text
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => line.startsWith('data:')))
    .filter((lines) => lines.length > 0)
    .map((lines) => {
      const data = lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n');
      try {
        return JSON.parse(data);
      } catch {
        return data;
      }
    });
}
