// Each test starts an engine of its own for the project, with a clock that the test turns: nothing here sleeps.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app } from '@motia/core/testing';

const ADA = { name: 'Ada', email: 'ada@example.com' };

test('a new user is answered and can be read', () =>
  app(async (client) => {
    const created = await client.request('POST', '/users', { json: ADA });
    const read = await client.request('GET', `/users/${created.json().id}`);

    assert.equal(created.status, 201);
    assert.deepEqual(read.json(), { id: created.json().id, ...ADA });
  }));

test('a user without an e-mail is refused', () =>
  app(async (client) => {
    const answer = await client.request('POST', '/users', { json: { name: 'Ada' } });

    assert.equal(answer.status, 422);
  }));

test('a new user starts both background steps', () =>
  app(async (client) => {
    await client.request('POST', '/users', { json: ADA });
    await client.waitIdle();

    const runs = (await client.runs()).map((run) => `${run.step} ${run.state}`);
    assert.deepEqual(runs.sort(), ['analyze-user completed', 'send-welcome-email completed']);
  }));

test('a letter that cannot be sent is tried again, later and later, then given up', () =>
  app(async (client) => {
    await client.request('POST', '/users', { json: { name: 'Bob', email: 'bob@example.invalid' } });
    await client.advance({ minutes: 1 });

    const dead = await client.runs({ step: 'send-welcome-email', state: 'dead' });
    assert.equal(dead.length, 4);
    assert.equal(Object.keys(await client.state('incidents')).length, 4);
  }));
