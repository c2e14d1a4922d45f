import { expect, test } from 'vitest';
import { escaped, idOf } from './written';

test('what the router decodes is the address as it is written', () => {
  for (const written of ['/steps/100%25', '/steps/a%252Fb', '/steps/%C3%BC', '?text=%2541', '/steps/100%', '/runs'])
    expect(decodeURI(escaped(written))).toBe(written);
});

test('an id is decoded once', () => {
  expect(idOf('100%25')).toBe('100%');
  expect(idOf('a%252Fb')).toBe('a%2Fb');
});

test('a typed segment that is no encoding stands for itself', () => {
  expect(idOf('100%')).toBe('100%');
});
