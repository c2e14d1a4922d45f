import { describe, expect, it } from 'vitest';
import { lineOfPointer } from './pointer';

const TEXT = JSON.stringify({ sku: 'a"b', items: [{ n: 1 }, { n: 2 }], 'a/b': { 'c~d': true } }, null, 2);

describe('lineOfPointer', () => {
  it('finds members, items and escaped names', () => {
    expect(lineOfPointer(TEXT, '')).toBe(1);
    expect(lineOfPointer(TEXT, '/sku')).toBe(2);
    expect(lineOfPointer(TEXT, '/items/1/n')).toBe(8);
    expect(lineOfPointer(TEXT, '/a~1b/c~0d')).toBe(12);
  });

  it('shows what is missing at the value that should have it', () => {
    expect(lineOfPointer(TEXT, '/items/0/price')).toBe(4);
    expect(lineOfPointer(TEXT, '/nothing')).toBe(1);
  });

  it('says nothing about text that is no JSON', () => {
    expect(lineOfPointer('{"a": ', '/a')).toBeUndefined();
    expect(lineOfPointer('{"a" 1}', '/a')).toBeUndefined();
  });
});
