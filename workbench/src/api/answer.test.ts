import { expect, it } from 'vitest';
import { grown, linesOf } from './answer';

const head = {
  kind: 'head',
  status: 200,
  headers: [['a', '1']] as [string, string][],
  trace: 'abc',
  is_stream: true,
  duration_ms: 5,
} as const;

it('grows from its head to its end', () => {
  const began = grown(undefined, head);
  expect(began).toMatchObject({ status: 200, body: '', ended: null, head_ms: 5, duration_ms: 5, is_stream: true });

  const more = grown(grown(began, { kind: 'piece', text: 'a', base64: null, duration_ms: 6 }), {
    kind: 'piece',
    text: 'b',
    base64: null,
    duration_ms: 7,
  });
  expect(more).toMatchObject({ body: 'ab', is_binary: false, head_ms: 5, duration_ms: 7 });
  expect(grown(more, { kind: 'end', ended: 'too-long', duration_ms: 9 })).toMatchObject({
    body: 'ab',
    ended: 'too-long',
    duration_ms: 9,
  });
});

it('puts base64 together', () => {
  const piece = { kind: 'piece', text: null, duration_ms: 1 } as const;
  const answer = grown(grown(grown(undefined, head), { ...piece, base64: '/wAB' }), { ...piece, base64: 'Ag==' });
  expect(answer).toMatchObject({ body: '/wABAg==', is_binary: true });
});

it('takes no piece before a head', () => {
  expect(() => grown(undefined, { kind: 'end', ended: 'whole', duration_ms: 1 })).toThrow('before the head');
});

it('reads lines that are parted anywhere, also within a character', async () => {
  const bytes = new TextEncoder().encode('{"é":1}\n{"b":2}\n{"cut');
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const lines: string[] = [];
  for await (const line of linesOf(stream)) lines.push(line);
  expect(lines).toEqual(['{"é":1}', '{"b":2}']);
});
