// Gives back what it gets, and hands on what it gets to another step.
import { call, event } from '@motia/core';

export default event({ id: 'echo-node', retries: 0 }, async (payload) => payload);

export const relay = event({ id: 'relay-node', retries: 0 }, async ({ target, value }) => ({ value: await call(target, value) }));
