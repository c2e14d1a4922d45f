import { expect, it } from 'vitest';
import { concernsGroup, concernsKey } from './changed';

const item = (group: string | null, keys: string[], are_all: boolean) => ({ data: { group, keys, are_all } });

it('knows the group and the key', () => {
  expect(concernsGroup(item('users', ['a'], true), 'users')).toBe(true);
  expect(concernsGroup(item('users', ['a'], true), 'carts')).toBe(false);
  expect(concernsKey(item('users', ['a'], true), 'users', 'a')).toBe(true);
  expect(concernsKey(item('users', ['a'], true), 'users', 'b')).toBe(false);
});

it('takes what is not said for a change', () => {
  expect(concernsKey(item('users', ['a'], false), 'users', 'b')).toBe(true);
  expect(concernsKey(item(null, [], false), 'users', 'b')).toBe(true);
});
