import { describe, expect, it } from 'vitest';
import { chosenStates, noteOf, selectionOf, statesFor, toggled, tookMs } from './query';

const NOW = Date.parse('2026-05-01T12:00:00Z');

describe('filters', () => {
  it('reads several states and ignores unknown ones', () => {
    expect(chosenStates({ state: 'dead,nonsense,running' })).toEqual(['running', 'dead']);
    expect(chosenStates({})).toEqual([]);
  });

  it('puts a state in and out', () => {
    expect(toggled(['dead'], 'ready')).toBe('dead,ready');
    expect(toggled(['dead', 'ready'], 'dead')).toBe('ready');
  });

  it('asks for what is said and nothing else', () => {
    expect(selectionOf({ step: 'pay', kind: 'nonsense', text: '', state: 'dead' }, NOW)).toEqual({ step: 'pay' });
    expect(selectionOf({ kind: 'cron', range: '1h' }, NOW)).toEqual({
      kind: 'cron',
      since: '2026-05-01T11:00:00.000Z',
    });
  });
});

describe('statesFor', () => {
  it('keeps what the act can take', () => {
    expect(statesFor('replay', ['dead', 'running'])).toEqual(['dead']);
    expect(statesFor('cancel', ['dead', 'running'])).toEqual(['running']);
  });

  it('falls back to the usual states of the act', () => {
    expect(statesFor('replay', ['running'])).toEqual(['dead']);
    expect(statesFor('cancel', [])).toContain('scheduled');
    expect(statesFor('cancel', [])).not.toContain('completed');
  });
});

describe('a run in a list', () => {
  const run = { started_at: '2026-05-01T11:59:58Z', finished_at: null, state: 'running' };

  it('takes time until it is finished', () => {
    expect(tookMs(run, NOW)).toBe(2_000);
    expect(tookMs({ ...run, finished_at: '2026-05-01T11:59:59Z', state: 'dead' }, NOW)).toBe(1_000);
    expect(tookMs({ ...run, started_at: null }, NOW)).toBeUndefined();
    expect(tookMs({ ...run, state: 'retrying' }, NOW)).toBeUndefined();
  });

  it('says its error, else its reason', () => {
    const error = { name: 'E', message: 'no', stack: '', kind: 'error', details: null };
    const base = { error: null, reason: 'retries_used', cancel_requested: false, state: 'dead', attempt: 1 };
    expect(noteOf({ ...base, error })).toBe('E: no');
    expect(noteOf(base)).toBe('retries used');
    expect(noteOf({ ...base, reason: null, state: 'completed', attempt: 3 })).toBe('completed by attempt 3');
    expect(noteOf({ ...base, reason: null, cancel_requested: true, state: 'running' })).toBe('asked to stop');
  });
});
