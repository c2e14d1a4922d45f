// Starts an engine for the project inside the test, with a worker of each language.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app } from '@motia/core/testing';

test('hello greets by name in four languages', () =>
  app(async (client) => {
    const answer = await client.request('GET', '/hello?name=Ada');

    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json(), {
      typescript: 'Hello, Ada!',
      javascript: 'Salut, Ada!',
      python: 'Hallo, Ada!',
      ruby: 'Ciao, Ada!',
    });
  }));
