import { expect, it } from 'vitest';
import { CHANGES_MAX, changes } from './diff';

it('names each place that differs', () => {
  const before = { a: 1, items: [{ n: 1 }, { n: 2 }], gone: true, same: { x: [1] } };
  const after = { a: 2, items: [{ n: 1 }, { n: 3 }, { n: 4 }], same: { x: [1] }, fresh: null };

  expect(changes(before, after)).toEqual([
    { path: 'a', kind: 'changed', before: 1, after: 2 },
    { path: 'items.1.n', kind: 'changed', before: 2, after: 3 },
    { path: 'items.2', kind: 'added', after: { n: 4 } },
    { path: 'gone', kind: 'removed', before: true },
    { path: 'fresh', kind: 'added', after: null },
  ]);
});

it('takes a value of another kind as one change', () => {
  expect(changes([1], { 0: 1 })).toEqual([{ path: '', kind: 'changed', before: [1], after: { 0: 1 } }]);
  expect(changes(null, { a: 1 })).toHaveLength(1);
  expect(changes({ toString: 1 }, {})).toEqual([{ path: 'toString', kind: 'removed', before: 1 }]);
});

it('finds nothing between equal values and no more than can be read', () => {
  expect(changes({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toEqual([]);
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`k${at}`, at]));
  expect(changes({}, many)).toHaveLength(CHANGES_MAX);
});
