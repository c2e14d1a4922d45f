/** One HTTP request and its answer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { send } from '../../src/testing/answer.js';

async function serving(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers with what it was sent. */
async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces = await request.toArray();
  const { method, url, headers } = request;
  response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(pieces).toString() }));
}

test('json is sent and read as JSON', async (t) => {
  const answer = await send(await serving(t, echo), 'POST', '/users', { json: { name: 'Ada' } });

  const seen = answer.json();
  assert.equal(answer.status, 200);
  assert.deepEqual([seen.method, seen.url, seen.body], ['POST', '/users', '{"name":"Ada"}']);
  assert.equal(seen.headers['content-type'], 'application/json');
});

test('a body goes as it stands, and headers of the test go before ours', async (t) => {
  const api = await serving(t, echo);
  const raw = await send(api, 'PUT', '/x', { body: 'a=1', headers: { 'Content-Type': 'text/csv' } });
  const json = await send(api, 'PUT', '/x', { json: 1, headers: { 'Content-Type': 'application/vnd.x+json' } });

  assert.deepEqual([raw.json().body, raw.json().headers['content-type']], ['a=1', 'text/csv']);
  assert.equal(json.json().headers['content-type'], 'application/vnd.x+json');
});

test('query parameters are added, repeated ones too, and the path stays as it is', async (t) => {
  const api = await serving(t, echo);

  const answer = await send(api, 'GET', '/a/../b?x=1', { query: { tag: ['a b', 'c'], page: 2 } });

  assert.equal(answer.json().url, '/a/../b?x=1&tag=a+b&tag=c&page=2');
});

test('an answer without a body and one with repeated headers are whole', async (t) => {
  const api = await serving(t, (_, response) => response.writeHead(204, { 'set-cookie': ['a=1', 'b=2'] }).end());

  const answer = await send(api, 'DELETE', '/');

  assert.deepEqual([answer.status, answer.text, answer.headers['set-cookie']], [204, '', 'a=1, b=2']);
});

test('server-sent events are decoded where they are JSON', async (t) => {
  const api = await serving(t, (_, response) =>
    response.end(': hi\n\ndata: {"n":1}\n\nevent: x\ndata: a\ndata: b\n\n'),
  );

  assert.deepEqual((await send(api, 'GET', '/')).events(), [{ n: 1 }, 'a\nb']);
});

test('no server is an error', async () => {
  await assert.rejects(send('http://127.0.0.1:1', 'GET', '/'), /ECONNREFUSED/);
});
