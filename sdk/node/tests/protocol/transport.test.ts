import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ProcessEngine, project } from '../worker/engine.js';

const STEPS = `
import { api, event, response } from '@motia/core';
export const wide = event({ id: 'wide' }, () => ({ at: Date.now(), text: 'w'.repeat(1_000_000) }));
export const echo = event({ id: 'echo' }, (payload) => payload);
export const flood = api({ id: 'flood', path: '/' }, () => response(Buffer.alloc(32 * 1024 * 1024, 'f')));
`;

const made = project({ 'steps.ts': STEPS });
const engine = new ProcessEngine(made.root);
before(async () => {
  const manifest = await engine.greetAndLoad(made, { payload_bytes_max: 2_000_000 });
  assert.deepEqual(manifest.faults, []);
});

test('an answer of many megabytes arrives whole, with others behind it', async () => {
  engine.request('flood', {});
  engine.invoke('echo', 'behind', { invocation: 2 });

  const answers = [await engine.next(), await engine.next()].sort((one, other) => one.invocation - other.invocation);

  assert.deepEqual(
    answers.map(({ blob, value }) => [blob.length, value]),
    [
      [32 * 1024 * 1024, undefined],
      [0, 'behind'],
    ],
  );
});

test('an engine that does not read gets no further work into the process', async () => {
  engine.socket.pause();
  for (let number = 1; number <= 150; number++) {
    engine.invoke('wide', {}, { invocation: number });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const resumedAt = Date.now();
  engine.socket.resume();

  const answers = [];
  for (let count = 0; count < 150; count++) answers.push((await engine.next()).value);

  assert.ok(answers.every(({ text }) => text.length === 1_000_000));
  const done = answers.filter(({ at }) => at < resumedAt).length;
  assert.ok(done <= 100, `${done} were done`);
  assert.deepEqual((await engine.run('echo', 'whole')).value, 'whole');
});
