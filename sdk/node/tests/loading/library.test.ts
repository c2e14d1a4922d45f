import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notExported, noteLibrary } from '../../src/loading/library.js';

noteLibrary(
  { '@motia/core': 'file:///sdk/index.mjs', '@motia/core/testing': 'file:///sdk/testing.mjs' },
  { api: 1, event: 1, HttpError: 1 },
);

test('the library is known by what authors write and by where it is', () => {
  const said = { message: "'@motia/core' exports no 'evnt'", hint: "did you mean 'event'?" };

  assert.deepEqual(notExported('@motia/core', 'evnt'), said);
  assert.deepEqual(notExported('file:///sdk/index.mjs', 'evnt'), said);
  assert.equal(notExported('zod', 'evnt'), undefined);
});

test('a name that nothing is like is told what there is, and how a type is imported', () => {
  assert.equal(
    notExported('@motia/core', 'Zzz')?.hint,
    "it exports api, event, and errors; a type is imported by: import type { Zzz } from '@motia/core'",
  );
  assert.equal(
    notExported('@motia/core/testing', 'evnt')?.hint,
    "a type is imported by: import type { evnt } from '@motia/core/testing'",
  );
});

test('a default import is told the form to write', () => {
  assert.deepEqual(notExported('@motia/core', 'default'), {
    message: "'@motia/core' has no default export",
    hint: "write: import { api } from '@motia/core'",
  });
});
