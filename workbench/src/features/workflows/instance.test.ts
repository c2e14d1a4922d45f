import { describe, expect, it } from 'vitest';
import { countsOf, linksOf, type Member, tookMs, wordOf } from './instance';

function member(step: string, more: Partial<Member> = {}): Member {
  const none = { run: null, attempt: null, created_at: null, started_at: null, finished_at: null };
  return {
    step,
    is_start: false,
    after: [],
    state: null,
    waits_for: [],
    reason: '',
    why: '',
    can_replay: false,
    ...none,
    ...more,
  };
}

describe('links', () => {
  it('lead from the start to what names nothing, and say how what comes before stands', () => {
    const members = [
      member('place', { is_start: true, state: 'completed' }),
      member('reserve', { state: 'dead' }),
      member('charge', { after: ['reserve'], state: 'skipped' }),
      member('label', { state: 'running' }),
      member('letter', { after: ['charge', 'label'] }),
    ];

    expect(linksOf(members)).toEqual([
      { source: 'place', target: 'reserve', state: 'done' },
      { source: 'reserve', target: 'charge', state: 'broken' },
      { source: 'place', target: 'label', state: 'done' },
      { source: 'charge', target: 'letter', state: 'broken' },
      { source: 'label', target: 'letter', state: 'open' },
    ]);
  });

  it('are none while the members are not known', () => {
    expect(linksOf([])).toEqual([]);
  });
});

describe('a member', () => {
  it('without a run waits, or has not been triggered', () => {
    expect(wordOf({ state: null, waits_for: ['a'] })).toBe('waiting');
    expect(wordOf({ state: null, waits_for: [] })).toBe('not triggered');
    expect(wordOf({ state: 'blocked', waits_for: ['a'] })).toBe('blocked');
  });

  it('took as long as its run, and takes while it runs', () => {
    const [from, to] = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:02.000Z'];
    expect(tookMs({ state: 'completed', started_at: from, finished_at: to }, 0)).toBe(2_000);
    expect(tookMs({ state: 'running', started_at: from, finished_at: null }, Date.parse(to))).toBe(2_000);
    expect(tookMs({ state: 'retrying', started_at: from, finished_at: null }, Date.parse(to))).toBeUndefined();
    expect(tookMs({ state: 'ready', started_at: null, finished_at: null }, 0)).toBeUndefined();
  });
});

it('counts are of one workflow or of all', () => {
  const workflows = [
    { id: 'a', counts: { running: 2, failed: 1 } },
    { id: 'b', counts: { running: 3 } },
  ] as never;

  expect(countsOf(workflows, undefined).get('running')).toBe(5);
  expect([...countsOf(workflows, 'a')]).toEqual([
    ['running', 2],
    ['completed', 0],
    ['failed', 1],
    ['timed_out', 0],
    ['cancelled', 0],
  ]);
});
