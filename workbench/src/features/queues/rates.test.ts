import { describe, expect, it } from 'vitest';
import type { FeedItem } from '../../api/feed';
import { RateWindow } from './rates';

function run(state: string, attempt: number, dropped = 0): FeedItem {
  return { id: 1, kind: 'run', at: '', data: { step: 'pay', state, attempt }, dropped };
}

describe('a rate window', () => {
  it('says nothing before a whole second was watched', () => {
    const rates = new RateWindow(10_500);
    rates.note([run('ready', 0)], 10_600);

    expect(rates.of('pay', 10_900)).toBeNull();
  });

  it('counts what comes in and what is finished, and no attempt between', () => {
    const rates = new RateWindow(10_000);
    rates.note([run('ready', 0), run('running', 1), run('retrying', 1), run('completed', 2)], 10_500);
    rates.note([run('scheduled', 0), run('dead', 1), run('cancelled', 0)], 11_500);

    expect(rates.of('pay', 12_100)).toEqual({ in: 1, out: 1.5 });
    expect(rates.of('other', 12_100)).toEqual({ in: 0, out: 0 });
  });

  it('forgets what is older than the window', () => {
    const rates = new RateWindow(0);
    rates.note([run('ready', 0)], 1_000);

    expect(rates.of('pay', 11_500)?.in).toBeCloseTo(0.1);
    expect(rates.of('pay', 12_500)?.in).toBe(0);
  });

  it('knows that items were lost', () => {
    const rates = new RateWindow(0);
    rates.note([run('ready', 0, 40)], 1_000);

    expect(rates.isPartial(2_000)).toBe(true);
    expect(rates.isPartial(13_000)).toBe(false);
  });
});
