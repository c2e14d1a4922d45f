import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OWN_DIR, withoutOwnFrames } from '../../src/authoring/frames.js';

test("the library's frames and Node's inside are left out of a text, and nothing else is", () => {
  const text = [
    'boom',
    '    at handler (/app/motia/steps/a.ts:1:2)',
    `    at run (${OWN_DIR}worker.mjs:3:4)`,
    `    at file://${OWN_DIR}worker.mjs:3:4`,
    '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    '    at AsyncLocalStorage.run (node:async_hooks:346:14)',
    '    at Readable.read (node:fs:1:1)',
    `a line about ${OWN_DIR}`,
  ].join('\n');

  assert.deepEqual(withoutOwnFrames(text).split('\n'), [
    'boom',
    '    at handler (/app/motia/steps/a.ts:1:2)',
    '    at Readable.read (node:fs:1:1)',
    `a line about ${OWN_DIR}`,
  ]);
});
