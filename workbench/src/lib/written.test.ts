import { expect, test } from 'vitest';
import { escaped, idOf, segment } from './written';

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

test('an id of dots stays in its address, and every id is read as it was written', () => {
  for (const id of ['.', '..', '~.', '~..', '~~..', '~', '~a', '...', '.a', '%2E', 'a/b', '100%']) {
    const url = new URL(`/steps/${segment(id)}`, 'http://localhost');
    expect(idOf(url.pathname.slice('/steps/'.length))).toBe(id);
  }
});
