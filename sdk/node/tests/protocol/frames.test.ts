import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOB_BYTES_MAX, encodeFrame, FrameDecoder, JSON_BYTES_MAX, ProtocolFault } from '../../src/protocol/frames.js';

function decode(...pieces: Uint8Array[]): [string, string][] {
  const frames: [string, string][] = [];
  const decoder = new FrameDecoder((text, blob) => frames.push([text, blob.toString('latin1')]));
  for (const piece of pieces) decoder.feed(Buffer.from(piece));
  return frames;
}

function header(jsonBytes: number, blobBytes: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(jsonBytes, 0);
  bytes.writeUInt32BE(blobBytes, 4);
  return bytes;
}

test('a frame comes out as it went in', () => {
  assert.deepEqual(decode(encodeFrame('{"ü":"€"}', Buffer.from([0, 255]))), [['{"ü":"€"}', '\x00\xff']]);
});

test('many frames in one read come out in order', () => {
  const bytes = Buffer.concat(['{"a":1}', '{"a":2}', '{"a":3}'].map((text) => encodeFrame(text)));

  assert.deepEqual(
    decode(bytes).map(([text]) => text),
    ['{"a":1}', '{"a":2}', '{"a":3}'],
  );
});

test('a frame may come byte by byte, with others around it', () => {
  const bytes = Buffer.concat([encodeFrame('{"a":1}', Buffer.from('xy')), encodeFrame('{}')]);

  assert.deepEqual(decode(...[...bytes].map((byte) => Buffer.from([byte]))), [
    ['{"a":1}', 'xy'],
    ['{}', ''],
  ]);
});

test('a large frame in many pieces is put together once', () => {
  const blob = Buffer.alloc(8 * 1024 * 1024, 'b');
  const bytes = encodeFrame('{"a":1}', blob);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 65_536) pieces.push(bytes.subarray(at, at + 65_536));

  const frames = decode(...pieces);

  assert.equal(frames.length, 1);
  assert.equal(frames[0]?.[1].length, blob.length);
});

for (const [what, bytes] of [
  ['a JSON text over its bound', header(JSON_BYTES_MAX + 1, 0)],
  ['a JSON text of one byte', header(1, 0)],
  ['a blob over its bound', header(2, BLOB_BYTES_MAX + 1)],
  ['text that is not UTF-8', Buffer.concat([header(4, 0), Buffer.from([0x22, 0xff, 0xfe, 0x22])])],
] as const) {
  test(`${what} is a protocol fault`, () => {
    assert.throws(() => decode(bytes), ProtocolFault);
  });
}

test('a replacement character that was sent is no fault', () => {
  assert.deepEqual(decode(encodeFrame('"\ufffd"')), [['"\ufffd"', '']]);
});
