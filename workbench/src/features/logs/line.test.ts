import { describe, expect, it } from 'vitest';
import { asJson, fits, type LogLine, ofFeed, queryOf } from './line';

const line: LogLine = {
  key: 7,
  at: Date.UTC(2026, 0, 2),
  level: 'warn',
  message: 'Image is odd',
  step: 'resize',
  trace: 't1',
  run: 'r1',
  attempt: 1,
  source: 'logger',
  fields: { orderId: 'O-17' },
};

describe('fits', () => {
  it('takes a level as the least one', () => {
    expect(fits(line, { level: 'info' })).toBe(true);
    expect(fits(line, { level: 'warn' })).toBe(true);
    expect(fits(line, { level: 'error' })).toBe(false);
  });

  it.each([
    [{ step: 'resize' }, true],
    [{ step: 'other' }, false],
    [{ run: 'r1', trace: 't1', source: 'logger' }, true],
    [{ run: 'r2' }, false],
    [{ trace: 't2' }, false],
    [{ source: 'print' }, false],
  ])('wants equal names: %j is %s', (query, expected) => {
    expect(fits(line, query)).toBe(expected);
  });

  it('finds text in message and fields, in any case', () => {
    expect(fits(line, { text: 'image' })).toBe(true);
    expect(fits(line, { text: 'o-17' })).toBe(true);
    expect(fits(line, { text: 'pixel' })).toBe(false);
    expect(fits({ ...line, fields: null }, { text: 'o-17' })).toBe(false);
  });

  it.each([
    ['orderId=O-1', true],
    ['orderid=o-17', true],
    ['orderId=17', false],
    ['Id=O-17', false],
    ['count=1', true],
    ['count=3', false],
    ['note=a "quoted" one', true],
    ['note=', true],
    ['x=y', true],
    ['ÜBER', true],
    ['über', false],
  ])('finds a field by %s: %s', (text, expected) => {
    const fields = { orderId: 'O-17', count: 12, note: 'a "quoted" one', query: '?x=y', city: 'ÜBER' };
    expect(fits({ ...line, fields }, { text })).toBe(expected);
  });
});

it('reads an item of the feed, also one without a step', () => {
  const item = {
    id: 1,
    kind: 'log' as const,
    at: '2026-01-02T00:00:00.000Z',
    data: { level: 'info', message: 'm', step: null, trace: null, run: null, attempt: 0, source: 'engine' },
  };
  expect(ofFeed(item)).toMatchObject({ at: line.at, level: 'info', step: null, run: null, fields: null });
});

it('knows only its own filters and leaves out empty ones', () => {
  expect(queryOf({ level: 'warn', step: '', tab: 'x' })).toEqual({ level: 'warn' });
});

it('is copied without what is the screen’s own', () => {
  const copied = asJson(line);
  expect(copied).not.toHaveProperty('key');
  expect(copied.at).toBe('2026-01-02T00:00:00.000Z');
});
