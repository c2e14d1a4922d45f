import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallerError } from '../../src/authoring/errors.js';
import { state, UPDATE_TRIES_MAX } from '../../src/authoring/state.js';
import { inHandler, MemoryPort } from './port.js';

async function asked(
  reply: unknown,
  work: () => Promise<unknown>,
): Promise<[op: string, args: unknown, value: unknown]> {
  const port = new MemoryPort(reply);
  const value = await inHandler(port, work);
  return [...(port.calls[0] as [string, unknown]), value];
}

for (const [name, reply, work, expected] of [
  ['get', { value: 5, version: 2 }, () => state.get('g', 'k'), ['state.get', { group: 'g', key: 'k' }, 5]],
  ['get of nothing', null, () => state.get('g', 'k'), ['state.get', { group: 'g', key: 'k' }, null]],
  ['set', { version: 1 }, () => state.set('g', 'k', [1]), ['state.set', { group: 'g', key: 'k', value: [1] }, [1]]],
  [
    'set of null',
    { version: 1 },
    () => state.set('g', 'k', null),
    ['state.set', { group: 'g', key: 'k', value: null }, null],
  ],
  ['delete', true, () => state.delete('g', 'k'), ['state.delete', { group: 'g', key: 'k' }, true]],
  [
    'list',
    [{ key: 'a', value: 1, version: 1 }],
    () => state.list('g', { after: 'x', limit: 5 }),
    ['state.list', { group: 'g', after: 'x', limit: 5 }, { a: 1 }],
  ],
  ['clear', 3, () => state.clear('g'), ['state.clear', { group: 'g' }, 3]],
  ['increment', 4, () => state.increment('g', 'k'), ['state.increment', { group: 'g', key: 'k', by: 1 }, 4]],
  [
    'update by operations',
    { value: { n: 2 }, version: 2 },
    () => state.update('g', 'k', [{ op: 'increment', path: 'n', value: 1 }]),
    ['state.update', { group: 'g', key: 'k', ops: [{ op: 'increment', path: 'n', value: 1 }] }, { n: 2 }],
  ],
  [
    'compareAndSet',
    { done: true, value: 5, version: 4 },
    () => state.compareAndSet('g', 'k', 5, { version: 3 }),
    ['state.compare_and_set', { group: 'g', key: 'k', value: 5, version: 3 }, { done: true, value: 5, version: 4 }],
  ],
  [
    'compareAndSet that deletes',
    { done: true, value: null, version: 0 },
    () => state.compareAndSet('g', 'k', 5, { version: 3, delete: true }),
    [
      'state.compare_and_set',
      { group: 'g', key: 'k', version: 3, delete: true },
      { done: true, value: null, version: 0 },
    ],
  ],
  [
    'getVersioned',
    null,
    () => state.getVersioned('g', 'k'),
    ['state.get', { group: 'g', key: 'k' }, { value: null, version: 0 }],
  ],
] as const) {
  test(`${name} is one call`, async () => {
    assert.deepEqual(await asked(reply, work as () => Promise<unknown>), expected);
  });
}

test('update by a function tries again when somebody else was faster', async () => {
  const port = new MemoryPort(
    { value: 1, version: 1 },
    { done: false, value: 5, version: 2 },
    { value: 5, version: 2 },
    { done: true, value: 6, version: 3 },
  );

  const value = await inHandler(port, () => state.update<number>('g', 'k', (old) => (old ?? 0) + 1));

  assert.equal(value, 6);
  assert.deepEqual(port.calls.at(-1), ['state.compare_and_set', { group: 'g', key: 'k', value: 6, version: 2 }]);
});

test('update by a function gives up when the key never rests', async () => {
  const port = new MemoryPort(
    ...Array.from({ length: UPDATE_TRIES_MAX }, () => [{ value: 1, version: 1 }, { done: false }]).flat(),
  );

  await assert.rejects(
    inHandler(port, () => state.update('g', 'k', () => 2)),
    /100 times in a row/,
  );
});

test('names and operations are checked before anything is sent', async () => {
  const port = new MemoryPort();
  for (const work of [
    () => state.get('', 'k'),
    () => state.get('g', 'x'.repeat(256)),
    () => state.get('g', undefined as never),
    () => state.increment('g', 'k', '1' as never),
    () => state.update('g', 'k', []),
    () => state.update('g', 'k', [{ op: 'push' } as never]),
    () => state.update('g', 'k', [{ op: 'set', value: 1, where: 'a' } as never]),
  ]) {
    await assert.rejects(inHandler(port, work as () => Promise<unknown>), CallerError);
  }
  assert.deepEqual(port.calls, []);
});

test('a key __proto__ of a list is data', async () => {
  const [, , values] = await asked([{ key: '__proto__', value: { x: 1 }, version: 1 }], () => state.list('g'));

  assert.ok(Object.hasOwn(values as object, '__proto__'));
});
