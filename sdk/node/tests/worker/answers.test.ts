import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cancelled, Fatal, HttpError, InputInvalid, QueueFull, RetryAfter } from '../../src/authoring/errors.js';
import { answerOf, response } from '../../src/authoring/response.js';
import {
  cancelledFrame,
  failureFrame,
  ResultRefused,
  responseFrame,
  resultFrame,
  streamFrame,
} from '../../src/worker/answers.js';
import type { Frame, Running } from '../../src/worker/running.js';
import { running } from './running.js';

const LIMITS = { root: '/app', payloadBytesMax: 1_000, stackBytesMax: 300 };
const read = ({ text }: Frame): Record<string, any> => {
  const { handler_us, wait_us, ...rest } = JSON.parse(text);
  assert.ok(Number.isInteger(handler_us) && handler_us >= 0);
  assert.ok(Number.isInteger(wait_us) && wait_us >= 0);
  return rest;
};
const failure = (error: unknown, one: Running = running()): Record<string, any> => {
  const { type, invocation, stack, ...rest } = read(failureFrame(one, error, LIMITS));
  assert.deepEqual([type, invocation], ['failure', 1]);
  assert.ok(stack === undefined || Buffer.byteLength(stack) < 350);
  return rest;
};

test('a result is its value; nothing is left out', () => {
  assert.deepEqual(read(resultFrame(running(), { a: 1 }, LIMITS)), { type: 'result', invocation: 1, value: { a: 1 } });
  assert.deepEqual(read(resultFrame(running(), undefined, LIMITS)), { type: 'result', invocation: 1 });
});

test('a result that is too large or no JSON is refused for good', () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  for (const [value, name] of [
    ['x'.repeat(2_000), 'PayloadTooLarge'],
    [circular, 'ResultNotJson'],
    [{ n: 1n }, 'ResultNotJson'],
  ] as const) {
    assert.throws(
      () => resultFrame(running(), value, LIMITS),
      (error) => error instanceof ResultRefused && error.name === name && failure(error).kind === 'fatal',
    );
  }
});

test('a response has status, headers and a blob', () => {
  const frame = responseFrame(running(), answerOf(response({ a: 1 }, { status: 201, headers: { 'x-a': 'b' } })));

  assert.deepEqual(read(frame), {
    type: 'result',
    invocation: 1,
    status: 201,
    headers: [
      ['content-type', 'application/json'],
      ['x-a', 'b'],
    ],
  });
  assert.equal(Buffer.from(frame.blob ?? []).toString(), '{"a":1}');
  assert.equal(read(streamFrame(running(), answerOf([1].values()))).stream, true);
});

for (const [error, fields] of [
  [new TypeError('boom'), { name: 'TypeError', message: 'boom', kind: 'error' }],
  ['text', { name: 'Error', message: 'text', kind: 'error' }],
  [new Fatal('never'), { name: 'Fatal', message: 'never', kind: 'fatal' }],
  [
    new RetryAfter('90s', 'later'),
    { name: 'RetryAfter', message: 'later', kind: 'retry_after', retry_after_ms: 90_000 },
  ],
  [
    new HttpError(409, 'taken', { by: 1n }, { headers: { 'X-Why': 'so' } }),
    {
      name: 'HttpError',
      message: 'taken',
      kind: 'http',
      status: 409,
      headers: [['x-why', 'so']],
      details: { by: '1n' },
    },
  ],
  [new QueueFull('full', { hint: 'wait' }), { name: 'QueueFull', message: 'full (wait)', kind: 'error' }],
  [
    new InputInvalid([{ path: '/a', message: 'is required', where: 'body', keyword: 'required' }]),
    {
      name: 'ValidationError',
      message: 'the input does not fit the schema: body/a: is required',
      kind: 'validation',
      problems: [{ path: '/a', message: 'is required', where: 'body', keyword: 'required' }],
    },
  ],
  [new Cancelled('of its own'), { name: 'Cancelled', message: 'cancelled: of its own', kind: 'error' }],
] as const) {
  test(`${fields.name} is a failure of kind ${fields.kind}`, () => {
    assert.deepEqual(failure(error), fields);
  });
}

test('a request hears of an unavailable world as soon over', () => {
  assert.equal(failure(new QueueFull('full'), running({ run: '' })).kind, 'retry_after');
});

test('after a cancel its reason, an abort and Cancelled are cancellations, other errors are not', () => {
  const one = running();
  one.cancel('timeout');

  for (const error of ['timeout', new Cancelled('timeout'), new DOMException('x', 'AbortError')]) {
    assert.equal(failure(error, one).kind, 'cancelled');
  }
  assert.equal(failure(new Error('cleaned up'), one).kind, 'error');
  assert.equal(read(cancelledFrame(one)).message, 'cancelled: timeout');
});

test('long messages and stacks are cut, odd ones are described', () => {
  assert.match(failure(new Error('z'.repeat(100_000))).message, /bytes cut\)$/);
  assert.equal(failure(new Error('x\ud800')).message, 'x\ufffd');
});
