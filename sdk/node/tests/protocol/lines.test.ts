import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lines } from '../../src/protocol/lines.js';

test('the watchdog gets the socket only while the main thread does not hold it', () => {
  const main = new Lines();
  const watchdog = new Lines(main.memory);

  main.takeForMain();
  main.takeForMain();
  assert.equal(watchdog.tryTakeForWatchdog(), false);
  main.release();

  assert.equal(watchdog.tryTakeForWatchdog(), true);
  assert.equal(watchdog.tryTakeForWatchdog(), false);
  watchdog.release();
  main.takeForMain();
});

test('both sides see the same counts', () => {
  const main = new Lines();
  const watchdog = new Lines(main.memory);

  main.turned();
  main.inFlight = 3;
  main.lastEntered = 9;
  main.lastStep = 4;
  main.stallMs = 250;

  assert.deepEqual(
    [watchdog.turns, watchdog.inFlight, watchdog.lastEntered, watchdog.lastStep, watchdog.stallMs],
    [1, 3, 9, 4, 250],
  );
});
