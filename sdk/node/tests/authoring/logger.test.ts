import assert from 'node:assert/strict';
import { test } from 'node:test';
import { motia } from '../../src/authoring/context.js';
import { logger } from '../../src/authoring/logger.js';
import { inHandler, MemoryPort } from './port.js';

test('log lines carry level, text and fields, whatever these are', () => {
  const port = new MemoryPort();

  inHandler(port, () => {
    logger.debug('one', { n: 1 });
    motia.logger.info('two');
    logger.warn({ a: 1 } as never, [1] as never);
    logger.error('four', new TypeError('boom') as never);
  });

  assert.deepEqual(port.logs.slice(0, 3), [
    ['debug', 'one', { n: 1 }],
    ['info', 'two', undefined],
    ['warn', '{ a: 1 }', { fields: [1] }],
  ]);
  assert.match(JSON.stringify(port.logs[3]), /"error":"TypeError: boom/);
});

test('a line of a run that was answered belongs to nobody', () => {
  const port = new MemoryPort();

  inHandler(port, (invocation) => {
    invocation.isOver = true;
    logger.info('late');
  });

  assert.deepEqual(port.owners, [undefined]);
});
