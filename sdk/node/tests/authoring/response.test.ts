import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { CallerError, ValueNotJson } from '../../src/authoring/errors.js';
import {
  type Answer,
  answerOf,
  encodeBody,
  encodePiece,
  piecesOf,
  response,
  sse,
} from '../../src/authoring/response.js';

const sent = (value: unknown): [number, string, string] => {
  const answer = answerOf(value);
  const [headers, body] = encodeBody(answer, 'it');
  return [
    answer.status,
    headers.find(([name]) => name === 'content-type')?.[1] ?? '',
    Buffer.from(body).toString('latin1'),
  ];
};

test('what a handler returns becomes status, type and bytes', () => {
  assert.deepEqual(sent(undefined), [204, '', '']);
  assert.deepEqual(sent(null), [204, '', '']);
  assert.deepEqual(sent({ a: 1 }), [200, 'application/json', '{"a":1}']);
  assert.deepEqual(sent([1]), [200, 'application/json', '[1]']);
  assert.deepEqual(sent(0), [200, 'application/json', '0']);
  assert.deepEqual(sent(false), [200, 'application/json', 'false']);
  assert.deepEqual(sent('text'), [200, 'text/plain; charset=utf-8', 'text']);
  assert.deepEqual(sent(Buffer.from([0, 255])), [200, 'application/octet-stream', '\x00\xff']);
  assert.deepEqual(sent(new Uint16Array([0x4241])), [200, 'application/octet-stream', 'AB']);
  assert.deepEqual(sent(response('<p>', { status: 201, headers: { 'Content-Type': 'text/html' } })), [
    201,
    'text/html',
    '<p>',
  ]);
  assert.deepEqual(sent(response()), [200, '', '']);
  assert.throws(() => sent({ a: 1n }), ValueNotJson);
});

test('headers repeat, and cannot smuggle others', () => {
  const answer = response('x', {
    headers: { 'Set-Cookie': ['a=1', 'b=2'], 'Content-Length': '9', 'x-n': 5 },
  }) as Answer;

  assert.deepEqual(answer.pairs, [
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
    ['x-n', '5'],
  ]);
  assert.deepEqual(answer.headers, { 'set-cookie': ['a=1', 'b=2'], 'x-n': '5' });
  assert.deepEqual(answer.withHeader('X-N', '6').headers['x-n'], ['5', '6']);
  assert.equal(answer.headers['x-n'], '5');
  assert.throws(() => response('x', { headers: { a: 'b\r\nc: d' } }), CallerError);
  assert.throws(() => response('x', { headers: { 'a b': 'c' } }), CallerError);
  assert.throws(() => response('x', { status: 99 }), CallerError);
  assert.deepEqual((response('x', { headers: new Headers([['a', 'b']]) }) as Answer).pairs, [['a', 'b']]);
});

test('iterators are server-sent events, iterables of a response are pieces', async () => {
  async function* items(): AsyncGenerator<number> {
    yield 1;
  }
  assert.equal(answerOf(items()).isSse, true);
  assert.equal(answerOf([1].values()).isSse, true);
  assert.equal(answerOf(response(items())).isSse, false);
  assert.equal(piecesOf('text'), undefined);
  assert.equal(piecesOf([1]), undefined);
  assert.equal(piecesOf(Buffer.from('x')), undefined);
  assert.equal(piecesOf({ a: 1 }), undefined);
  assert.equal(piecesOf(null), undefined);
  for (const body of [items(), Readable.from(['a']), new Blob(['a']).stream(), new Set(['a'])]) {
    assert.equal((await piecesOf(body)?.next())?.done, false);
  }
});

test('a server-sent event is written by its lines', () => {
  const piece = (item: unknown): string => Buffer.from(encodePiece(item, true, 'it')).toString();

  assert.equal(piece('one'), 'data: one\n\n');
  assert.equal(piece('two\r\nlines'), 'data: two\ndata: lines\n\n');
  assert.equal(piece({ two: 2 }), 'data: {"two":2}\n\n');
  assert.equal(
    piece(sse({ a: 1 }, { event: 'e', id: '7', retryMs: 5 })),
    'event: e\nid: 7\nretry: 5\ndata: {"a":1}\n\n',
  );
  assert.throws(() => sse('x', { event: 'a\nb' }), CallerError);
  assert.throws(() => encodePiece({ a: 1 }, false, 'the stream'), /the stream yielded \{ a: 1 \}/);
});
