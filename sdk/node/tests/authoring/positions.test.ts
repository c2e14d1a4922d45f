import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { callerPosition } from '../../src/authoring/positions.js';
import { noteOutputs } from '../../src/loading/positions.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'motia-positions-')));
after(() => rmSync(folder, { recursive: true }));

test('the position is that of the innermost caller outside the library, relative to the project', async () => {
  noteOutputs(folder, []);
  writeFileSync(join(folder, 'step.mjs'), 'export const make = (position) => {\n  return position();\n};\n');
  const { make } = await import(pathToFileURL(join(folder, 'step.mjs')).href);

  assert.deepEqual(make(callerPosition), { file: 'step.mjs', line: 2 });
});

test('looking for it changes nothing of how errors are made', () => {
  const { prepareStackTrace, stackTraceLimit } = Error;

  callerPosition();

  assert.deepEqual([Error.prepareStackTrace, Error.stackTraceLimit], [prepareStackTrace, stackTraceLimit]);
  assert.equal(typeof new Error('x').stack, 'string');
});
