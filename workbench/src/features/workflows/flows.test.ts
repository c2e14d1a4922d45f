import { describe, expect, it } from 'vitest';
import type { StepView } from '../../api/catalog';
import { flowsOf, inOrder, passed } from './flows';

const step = (id: string, flows: string[] = [], kind: StepView['kind'] = 'event') =>
  ({
    id,
    kind,
    language: 'python',
    source: { file: 'a.py', line: 1, function: '' },
    flows,
    is_paused: false,
    open_runs: {},
  }) as Partial<StepView> as StepView;
const edge = (source: string, target: string, kind = 'declared') => ({ source, target, kinds: [kind], via: '' });
const ids = (steps: readonly StepView[]) => steps.map((one) => one.id);

describe('flows', () => {
  it('are named by steps; a step may be in several', () => {
    const flows = flowsOf([step('a', ['x', 'y']), step('b', ['y'])], undefined);
    expect(flows.map((flow) => [flow.name, ids(flow.members)])).toEqual([
      ['x', ['a']],
      ['y', ['a', 'b']],
    ]);
  });

  it('have their steps in the order in which they make each other run', () => {
    const edges = [edge('c', 'b'), edge('b', 'a'), edge('a', 'c', 'on_error')];
    expect(ids(inOrder([step('a'), step('b'), step('c')], edges))).toEqual(['c', 'b', 'a']);
  });

  it('take a circle at what is no event', () => {
    const edges = [edge('a', 'b'), edge('b', 'a')];
    expect(ids(inOrder([step('a'), step('b', [], 'cron')], edges))).toEqual(['b', 'a']);
  });
});

describe('passed', () => {
  it('gathers by trace, newest first, with the worst state of each member', () => {
    const traces = passed(
      [
        { trace: 't1', step: 'a', state: 'completed', at: 1 },
        { trace: 't1', step: 'b', state: 'completed', at: 2 },
        { trace: 't1', step: 'b', state: 'dead', at: 1 },
        { trace: 't2', step: 'a', state: 'running', at: 3 },
      ],
      10,
    );
    expect(traces.map((one) => [one.trace, [...one.states]])).toEqual([
      ['t2', [['a', 'running']]],
      [
        't1',
        [
          ['a', 'completed'],
          ['b', 'dead'],
        ],
      ],
    ]);
    expect(passed([{ trace: 't', step: 'a', state: 'dead', at: 1 }], 0)).toEqual([]);
  });
});
