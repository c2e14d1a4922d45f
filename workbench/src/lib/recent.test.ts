import { describe, expect, it } from 'vitest';
import { withPlace } from './recent';

const place = (name: string) => ({ path: `/runs/${name}`, title: name });

describe('withPlace', () => {
  it('puts the last place in front, once', () => {
    const places = [place('a'), place('b')];
    expect(withPlace(places, place('b'))).toEqual([place('b'), place('a')]);
  });

  it('keeps a few', () => {
    const places = Array.from({ length: 20 }, (_, at) => place(String(at)));
    expect(withPlace(places, place('new'))).toHaveLength(8);
  });
});
