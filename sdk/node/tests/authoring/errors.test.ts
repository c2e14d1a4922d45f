import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as errors from '../../src/authoring/errors.js';

test('every error names itself, whatever a bundler calls its class', () => {
  for (const [name, Class] of Object.entries(errors)) {
    if (typeof Class !== 'function' || !(Class.prototype instanceof Error)) continue;
    assert.equal(Class.prototype.name, name);
    if (Class.prototype instanceof errors.MotiaError) assert.equal(typeof Class.prototype.code, 'string');
  }
});

test('outcomes carry what they say', () => {
  const http = new errors.HttpError(418, 'teapot', { hint: 'tea' }, { headers: { 'x-a': 'b' } });
  assert.deepEqual(
    [http.status, http.message, http.details, http.headers],
    [418, 'teapot', { hint: 'tea' }, { 'x-a': 'b' }],
  );
  assert.equal(new errors.HttpError(404).message, 'HTTP 404');
  assert.throws(() => new errors.HttpError(200), RangeError);
  assert.equal(new errors.RetryAfter(1.5).retryAfterMs, 1_500);
  assert.equal(new errors.RetryAfter('5m', 'later').retryAfterMs, 300_000);
  assert.throws(() => new errors.RetryAfter(-1), RangeError);
  assert.equal(new errors.Fatal('never', { cause: http }).cause, http);
});

for (const [remote, name] of [
  [{ code: 'queue-full', message: 'm', kind: 'world' }, 'QueueFull'],
  [{ code: 'unknown-target', message: 'm' }, 'UnknownTarget'],
  [{ code: 'call-timeout', message: 'm', kind: 'world' }, 'CallTimeout'],
  [{ code: 'payload-invalid', message: 'm' }, 'PayloadInvalid'],
  [{ code: 'anything', message: 'm', problems: [{ path: '/a', message: 'x' }] }, 'PayloadInvalid'],
  [{ code: 'run-failed', message: 'm', kind: 'run', error: { name: 'X', message: 'y' } }, 'CallFailed'],
  [{ code: 'of-the-future', message: 'm', kind: 'world' }, 'WorldError'],
  [{ code: 'of-the-future', message: 'm', kind: 'caller' }, 'CallerError'],
] as const) {
  test(`the engine's ${remote.code} (${'kind' in remote ? remote.kind : 'caller'}) is a ${name}`, () => {
    const error = errors.remoteError(remote);

    assert.equal(error.name, name);
    assert.equal(error.message, 'm');
    if (remote.code === 'of-the-future') assert.equal(error.code, 'of-the-future');
  });
}

test('problems of a refused payload have all their fields', () => {
  const error = errors.remoteError({ code: 'payload-invalid', message: 'm', problems: [{ path: '/a', message: 'x' }] });

  assert.deepEqual((error as errors.PayloadInvalid).problems, [
    { path: '/a', message: 'x', where: 'payload', keyword: '' },
  ]);
});
