import { describe, expect, it } from 'vitest';
import { betweenOf, fromField, toField } from './range';

const NOW = Date.parse('2026-05-01T12:34:56.789Z');

describe('betweenOf', () => {
  it('moves a relative range by whole minutes', () => {
    expect(betweenOf({ range: '1h' }, NOW)).toEqual({ since: '2026-05-01T11:34:00.000Z' });
    expect(betweenOf({ range: '1h' }, NOW + 3_000)).toEqual(betweenOf({ range: '1h' }, NOW));
  });

  it('prefers a known range over exact instants and ignores nonsense', () => {
    const since = '2026-05-01T00:00:00.000Z';
    expect(betweenOf({ range: '15m', since }, NOW).since).not.toBe(since);
    expect(betweenOf({ range: 'soon', since, until: 'never' }, NOW)).toEqual({ since });
    expect(betweenOf({}, NOW)).toEqual({});
  });
});

describe('fields', () => {
  it('go there and back', () => {
    const text = '2026-05-01T11:34:00.000Z';
    expect(fromField(toField(text))).toBe(text);
    expect(toField(undefined)).toBe('');
    expect(fromField('someday')).toBeUndefined();
  });
});
