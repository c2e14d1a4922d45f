// Starts an engine for the project inside the test.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app } from '@motia/core/testing';

test('hello greets by name', () =>
  app(async (client) => {
    const answer = await client.request('GET', '/hello?name=Ada');

    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json(), { message: 'Hello, Ada!' });
  }));
