import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cancelled } from '../../src/authoring/errors.js';
import { CREDIT_BYTES_FIRST, Outflow } from '../../src/worker/streams.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a piece waits for credit, and one larger than what is left goes whole', async () => {
  const sent: number[] = [];
  const outflow = new Outflow((piece) => sent.push(piece.length));

  await outflow.write(Buffer.alloc(CREDIT_BYTES_FIRST - 1));
  await outflow.write(Buffer.alloc(10));
  const waiting = outflow.write(Buffer.alloc(5));
  await turn();
  assert.deepEqual(sent, [CREDIT_BYTES_FIRST - 1, 10]);
  outflow.grant(9);
  await turn();
  assert.equal(sent.length, 2);
  outflow.grant(1);
  await waiting;

  assert.deepEqual(sent, [CREDIT_BYTES_FIRST - 1, 10, 5]);
});

test('an empty piece needs no credit and sends nothing', async () => {
  const outflow = new Outflow(() => assert.fail());

  await outflow.write(Buffer.alloc(0));
});

test('who waits when it is aborted is told, and so is who comes later', async () => {
  const outflow = new Outflow(() => {});
  await outflow.write(Buffer.alloc(CREDIT_BYTES_FIRST));
  const waiting = outflow.write(Buffer.alloc(1));

  outflow.abort('disconnect');

  await assert.rejects(waiting, Cancelled);
  await assert.rejects(outflow.write(Buffer.alloc(1)), /disconnect/);
});
