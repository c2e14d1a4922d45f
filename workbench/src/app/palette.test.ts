import { describe, expect, it } from 'vitest';
import { type Entry, found } from './palette';

const entry = (title: string, isOnAsking = false): Entry => ({ id: title, title, about: '', go: '/', isOnAsking });
const titles = (entries: readonly Entry[], text: string) => found(entries, text).map((one) => one.title);

describe('found', () => {
  it('takes letters in their order', () => {
    expect(titles([entry('charge-card'), entry('ship')], 'chrgcrd')).toEqual(['charge-card']);
  });

  it('puts a name that begins with the text first, then one that holds it', () => {
    const all = [entry('r-u-n'), entry('Replay this run'), entry('Runs')];
    expect(titles(all, 'run')).toEqual(['Runs', 'Replay this run', 'r-u-n']);
  });

  it('leads from a pasted id to the run or the trace', () => {
    expect(found([], '05507E6CD0000001 ')[0]?.go).toBe('/runs/05507e6cd0000001');
    expect(found([], '05507e6cd0000001')[1]?.go).toBe('/workflows/instances/05507e6cd0000001');
    expect(found([], '0'.repeat(32))[0]?.go).toBe(`/traces/${'0'.repeat(32)}`);
  });

  it('offers acts on single steps only when they are asked for', () => {
    const all = [entry('charge-card'), { ...entry('Pause charge-card', true), isByVerb: true }];
    expect(titles(all, '')).toEqual(['charge-card']);
    expect(titles(all, 'charge')).toEqual(['charge-card']);
    expect(titles(all, 'pau card')).toEqual(['Pause charge-card']);
  });
});
