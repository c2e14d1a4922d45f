/** State and hooks of the conformance suite, in CommonJS. */

const { event, logger, onStart, onStop, state } = require('@motia/core');
const { prefix } = require('./inner/shared.cjs');

const started = [];

onStart(async () => {
  started.push('pool');
});

onStop(async () => {
  logger.info('stop hook ran');
  console.log('closed');
});

exports.hooked = event({ id: 'hooked' }, async () => started);

exports.usesState = event({ id: 'uses-state' }, async () => {
  await state.set('g', 'k', { a: 1 });
  const read = await state.get('g', 'k');
  await state.increment('g', 'n', 2);
  await state.delete('g', 'k');
  await state.list('g', { after: 'a', limit: 5 });
  await state.clear('g');
  await state.update('g', 'k', [{ op: 'append', path: 'items', value: 1 }]);
  await state.compareAndSet('g', 'k', 5, { version: 3 });
  return prefix(read);
});
