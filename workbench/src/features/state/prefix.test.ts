import { describe, expect, it } from 'vitest';
import { cursorBefore, ofPrefix } from './prefix';

describe('cursorBefore', () => {
  it('stands before every key of the prefix and behind all before them', () => {
    const cursor = cursorBefore('user:') ?? '';
    const bytes = (text: string) => Buffer.from(text, 'utf8');
    const isBehind = (key: string) => Buffer.compare(bytes(key), bytes(cursor)) > 0;

    expect(['user:', 'user:1', 'user:ü'].every(isBehind)).toBe(true);
    expect(['use', 'user', 'user9', 'user9~~'].some(isBehind)).toBe(false);
  });

  it('has no place before everything', () => {
    expect(cursorBefore('')).toBeUndefined();
    expect(cursorBefore('\u0000')).toBeUndefined();
    expect(cursorBefore('a\u0000')).toBe('a');
  });

  it('skips what is no character', () => {
    expect(cursorBefore('\ue000')).toBe('\ud7ff\u{10ffff}');
    expect(cursorBefore('😀')).toBe('\u{1f5ff}\u{10ffff}');
  });
});

describe('ofPrefix', () => {
  it('ends where keys begin otherwise', () => {
    const entries = [{ key: 'a1' }, { key: 'a2' }, { key: 'b' }];

    expect(ofPrefix(entries, 'a')).toEqual({ entries: entries.slice(0, 2), isEnd: true });
    expect(ofPrefix(entries, '')).toEqual({ entries, isEnd: false });
  });
});
