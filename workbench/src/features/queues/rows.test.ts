import { expect, it } from 'vitest';
import type { StepView } from '../../api/catalog';
import type { Schemas } from '../../api/client';
import { queueRows } from './rows';

const step = (id: string, kind: StepView['kind'], more: object = {}) =>
  ({
    id,
    kind,
    language: 'python',
    source: { file: 'f.py', line: 1 },
    is_paused: false,
    open_runs: {},
    ...more,
  }) as StepView;

const queue = (id: string, byState: Record<string, number>, more: object = {}) =>
  ({
    step: id,
    by_state: byState,
    depth: 0,
    oldest_ready_at: null,
    oldest_age_ms: null,
    concurrency: null,
    depth_max: 100,
    is_paused: false,
    is_known: true,
    ...more,
  }) as Schemas['QueueView'];

it('shows idle steps that can have runs, deepest queue first', () => {
  const rows = queueRows(
    [queue('pay', { ready: 3, running: 2 })],
    [step('list', 'api'), step('hourly', 'cron'), step('pay', 'event')],
  );

  expect(rows.map((row) => [row.step, row.depth, row.inFlight])).toEqual([
    ['pay', 5, 2],
    ['hourly', 0, 0],
  ]);
  expect(rows[0]?.waiting).toEqual([['ready', 3]]);
});

it('shows what is left of a step that is gone, and leaves parked events to their own list', () => {
  const rows = queueRows([queue('old', { ready: 1 }), queue('nobody', { parked: 4 })], []);

  expect(rows.map((row) => [row.step, row.kind])).toEqual([['old', 'gone']]);
});

it('knows concurrency and pause of an idle step from its declaration', () => {
  const [row] = queueRows([], [step('pay', 'event', { is_paused: true, concurrency: { limit: 4 } })]);

  expect(row).toMatchObject({ isPaused: true, concurrency: 4, depthMax: null });
});
