// Makes values that are hard to say in JSON.
import { event, trigger } from '@motia/core';

const MIB = 1024 * 1024;
const DAY = new Date('2026-01-31T12:30:15.250Z');

function nested(depth) {
  let value = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

function circle() {
  const value = {};
  value.a = { b: value };
  return value;
}

const MAKE = {
  surrogate: () => ({ a: ['\ud800'] }),
  'surrogate-key': () => ({ a: { '\udfff': 1 } }),
  bytes: () => ({ a: [Buffer.from([0xff, 0xfe])] }),
  nan: () => ({ a: [Number.NaN] }),
  infinity: () => ({ a: [Number.NEGATIVE_INFINITY] }),
  time: () => ({ at: DAY }),
  missing: () => ({ a: null, b: undefined }),
  undefined: () => ({ a: [undefined] }),
  big: () => ({ a: [2n ** 53n + 1n] }),
  'big-double': () => ({ a: [2 ** 53 + 2, 2 ** 64, 123456789012345680000, 1e21, 1e22] }),
  'deep-64': () => nested(64),
  'deep-65': () => nested(65),
  large: () => ({ a: 'x'.repeat(MIB - 8) }),
  'too-large': () => ({ a: 'x'.repeat(MIB - 7) }),
  circular: circle,
  function: () => ({ a: [circle] }),
};

export default event({ id: 'make-node', retries: 0 }, async (payload) => MAKE[payload]());

export const send = event({ id: 'send-node', retries: 0 }, async ({ name, target }) => {
  await trigger(target, MAKE[name]());
});
