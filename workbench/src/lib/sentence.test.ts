import { expect, it } from 'vitest';
import { partsOf } from './sentence';

const [RUN, OTHER] = ['05507e6cd0000001', '05507e6cd0000002'];

it('finds runs, instances and instants in a sentence of the engine', () => {
  const held = `blocked: waits for pay of workflow order (instance ${OTHER})`;
  const behind = `blocked behind run ${RUN} of key 'a', which is retrying until 2026-01-31T12:00:00.000Z`;

  expect(partsOf(held).filter((part) => part.kind !== 'text')).toEqual([{ kind: 'instance', text: OTHER }]);
  expect(partsOf(behind).map((part) => part.kind)).toEqual(['text', 'run', 'text', 'instant']);
  expect(
    partsOf(behind)
      .map((part) => part.text)
      .join(''),
  ).toBe(behind);
});

it('leaves alone what only looks like one', () => {
  const trace = 'a'.repeat(32);

  expect(partsOf(`trace ${trace} at 2026-01-31`)).toEqual([{ kind: 'text', text: `trace ${trace} at 2026-01-31` }]);
  expect(partsOf('')).toEqual([]);
});
