import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as check from '../../src/authoring/options.js';
import { OptionWrong } from '../../src/authoring/options.js';

const wrong = (work: () => unknown, message: RegExp): void =>
  assert.throws(work, (error) => error instanceof OptionWrong && message.test(`${error.message} | ${error.hint}`));

test('ids are text of 1 to 255 bytes without control characters', () => {
  assert.equal(check.stepId('größe'), 'größe');
  for (const value of ['', '  ', 5, null, 'a\nb', 'x\ud800']) wrong(() => check.stepId(value), /id is/);
  wrong(() => check.stepId('ü'.repeat(128)), /256 bytes/);
});

test('lists of ids may be one id', () => {
  assert.deepEqual(check.ids('one', 'topics'), ['one']);
  wrong(() => check.ids(5, 'topics'), /topics is 5 \| write topics: \['one', 'two'\]/);
});

test('a timeout is more than nothing and at most a year', () => {
  assert.equal(check.milliseconds('5m', 'timeout'), 300_000);
  for (const value of [0, -1, '2000d', true, {}]) wrong(() => check.milliseconds(value, 'timeout'), /timeout is/);
});

test('methods and paths are those of HTTP', () => {
  assert.equal(check.method('post'), 'POST');
  wrong(() => check.method('FETCH'), /one of GET/);
  assert.equal(check.path('/a/:id/*'), '/a/:id/*');
  wrong(() => check.path('a'), /starts with a slash/);
  wrong(() => check.path('/a b'), /has the part/);
  wrong(() => check.path('/:id/:id'), /twice/);
});

test('concurrency is a limit, or a limit of each key', () => {
  assert.deepEqual(check.concurrency(5), { limit: 5, key: null });
  assert.deepEqual(check.concurrency({ limit: 2, key: 'userId' }), { limit: 2, key: 'userId' });
  for (const value of [0, 1.5, { key: 'a' }, { limit: 1, kye: 'a' }])
    wrong(() => check.concurrency(value), /concurrency/);
});

test('a backoff is a delay, or all of it', () => {
  assert.deepEqual(check.backoff('2m'), { initial_ms: 120_000, factor: 2, cap_ms: 120_000, jitter: true });
  assert.deepEqual(check.backoff({ initial: 0, factor: 1, cap: '10s', jitter: false }), {
    initial_ms: 0,
    factor: 1,
    cap_ms: 10_000,
    jitter: false,
  });
  wrong(() => check.backoff({ inital: 1 }), /did you mean 'initial'/);
  wrong(() => check.backoff({ initial: 20, cap: 10 }), /below backoff.initial/);
  wrong(() => check.backoff({ factor: 0.5 }), /factor/);
});

test('a zone is one of IANA', () => {
  assert.equal(check.timezone('Europe/Berlin'), 'Europe/Berlin');
  wrong(() => check.timezone('Europe/Berlim'), /did you mean 'Europe\/Berlin'/);
});

test('a middleware is a function', () => {
  const one = (): void => {};
  assert.deepEqual(check.middleware(one), [one]);
  wrong(() => check.middleware([one, 'two']), /middleware has 'two'/);
});
