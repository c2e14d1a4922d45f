/** An invocation in flight, for tests of what is done with one. */

import type { Declaration } from '../../src/authoring/registry.js';
import { declarationOf } from '../../src/authoring/registry.js';
import { event } from '../../src/authoring/steps.js';
import type { Invoke } from '../../src/protocol/messages.js';
import { Running } from '../../src/worker/running.js';
import { MemoryPort } from '../authoring/port.js';

const MESSAGE: Invoke = {
  type: 'invoke',
  invocation: 1,
  step: 'step',
  kind: 'event',
  trace: '0af7651916cd43dd8448eb211c80319c',
  span: 'b7ad6b7169203331',
  run: '00000000000000a1',
};

/** An invocation of a step that does nothing. */
export function running(more: Partial<Invoke> = {}): Running {
  const step = event({ id: 'step' }, () => {});
  return new Running({ ...MESSAGE, ...more }, declarationOf(step) as Declaration, new MemoryPort(), performance.now());
}
