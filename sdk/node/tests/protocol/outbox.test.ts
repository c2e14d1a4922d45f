import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameDecoder } from '../../src/protocol/frames.js';
import { LOG_BACKLOG_BYTES, Outbox } from '../../src/protocol/outbox.js';

class MemorySink {
  readonly writes: Buffer[] = [];
  backlogBytes = 0;
  takesAll = true;

  write(parts: readonly Uint8Array[]): boolean {
    this.writes.push(this.takesAll ? Buffer.concat(parts) : (parts[0] as Buffer));
    return this.takesAll;
  }

  frames(): [string, number][] {
    const frames: [string, number][] = [];
    const decoder = new FrameDecoder((text, blob) => frames.push([text, blob.length]));
    for (const write of this.writes) decoder.feed(write);
    return frames;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is said in one turn is written once', async () => {
  const sink = new MemorySink();
  const outbox = new Outbox(sink);

  outbox.put('{"a":1}');
  outbox.put('{"a":"ü"}', Buffer.from('blob'));
  await turn();

  assert.equal(sink.writes.length, 1);
  assert.deepEqual(sink.frames(), [
    ['{"a":1}', 0],
    ['{"a":"ü"}', 4],
  ]);
});

test('large texts and blobs keep their place between small ones', () => {
  const sink = new MemorySink();
  const outbox = new Outbox(sink);
  const large = JSON.stringify('x'.repeat(100_000));

  outbox.put('{"a":1}');
  outbox.put(large);
  outbox.put('{"a":2}', Buffer.alloc(50_000));
  outbox.put('{"a":3}');
  outbox.flush();

  assert.deepEqual(sink.frames(), [
    ['{"a":1}', 0],
    [large, 0],
    ['{"a":2}', 50_000],
    ['{"a":3}', 0],
  ]);
});

test('a buffer that has not left is not written over', () => {
  const sink = new MemorySink();
  sink.takesAll = false;
  const outbox = new Outbox(sink);

  outbox.put('{"a":1}');
  outbox.flush();
  outbox.put('{"a":2}');
  outbox.flush();

  assert.deepEqual(
    sink.frames().map(([text]) => text),
    ['{"a":1}', '{"a":2}'],
  );
});

test('log lines are dropped and counted when too many wait', () => {
  const sink = new MemorySink();
  const outbox = new Outbox(sink);

  sink.backlogBytes = LOG_BACKLOG_BYTES + 1;
  outbox.putLog('{"lost":1}', 7);
  outbox.putLog('{"lost":2}', 7);
  outbox.put('{"kept":1}');
  sink.backlogBytes = 0;
  outbox.putLog('{"kept":2}', 7);
  outbox.flush();

  const texts = sink.frames().map(([text]) => text);
  assert.deepEqual([texts[0], texts[2]], ['{"kept":1}', '{"kept":2}']);
  assert.match(texts[1] ?? '', /2 log lines were dropped/);
});
