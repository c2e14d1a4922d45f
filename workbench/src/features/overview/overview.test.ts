import { describe, expect, it } from 'vitest';
import { curlOf } from './curl';
import { inOrder, seriesOf, spanOf } from './series';

const NOW = Date.parse('2026-05-01T12:00:30.000Z');
const point = (minute: string, count: number, errors = 0) => ({
  minute_at: `2026-05-01T${minute}:00.000Z`,
  count,
  errors,
  p50_us: 1_000,
  p95_us: 2_000,
  p99_us: count * 1_000,
});

describe('seriesOf', () => {
  it('fills minutes in which nothing happened', () => {
    const series = seriesOf([point('11:58', 60, 6)], 15, NOW);
    expect(series.at).toHaveLength(15);
    expect(series.perSecond.at(-3)).toBe(1);
    expect(series.failedPerSecond.at(-3)).toBe(0.1);
    expect(series.perSecond.at(-2)).toBe(0);
    expect(series.p95.at(-3)).toBe(2);
    expect(series.p95.at(-2)).toBeNull();
  });

  it('counts the minute that is not over by the time that is', () => {
    expect(seriesOf([point('12:00', 60)], 15, NOW).perSecond.at(-1)).toBe(2);
  });

  it('puts minutes of a long window together and keeps the worst percentile', () => {
    const series = seriesOf([point('11:30', 10), point('11:31', 50), point('03:00', 9)], 360, NOW);
    expect(series.at).toHaveLength(72);
    expect(Math.max(...series.p99.map((one) => one ?? 0))).toBe(50);
    expect(series.perSecond.reduce((sum, one) => sum + one, 0)).toBeCloseTo(60 / 300);
  });
});

describe('spanOf', () => {
  it('begins where something happened first, with room for a line', () => {
    expect(spanOf([point('11:59', 1)], 60, NOW)).toEqual({
      minutes: 10,
      seconds: 90,
      sinceMs: Date.parse('2026-05-01T11:59:00Z'),
    });
    expect(spanOf([point('11:30', 1)], 60, NOW).minutes).toBe(32);
  });

  it('is the whole window when that is full, or when nothing happened', () => {
    expect(spanOf([point('11:05', 1), point('11:59', 1)], 60, NOW).minutes).toBe(60);
    expect(spanOf([], 60, NOW)).toEqual({ minutes: 60, seconds: 3_600, sinceMs: null });
  });
});

describe('inOrder', () => {
  it('puts what fails first and leaves the sum out', () => {
    const one = (step: string, count: number, errors: number) => ({
      step,
      count,
      errors,
      rate_per_s: 0,
      p50_us: 0,
      p95_us: 0,
      p99_us: 0,
      points: [],
    });
    const found = inOrder([one('', 9, 9), one('busy', 100, 0), one('bad', 10, 1), one('idle', 1, 0)]);
    expect(found.map((metrics) => metrics.step)).toEqual(['bad', 'busy', 'idle']);
  });
});

describe('curlOf', () => {
  it('fills parameters and a body from the schema', () => {
    const schema = {
      type: 'object',
      properties: { sku: { type: 'string' }, tags: { type: 'array', items: { enum: ['a'] } } },
    };
    expect(curlOf('http://localhost:3001', 'POST', '/orders/:id', schema)).toBe(
      `curl -X POST http://localhost:3001/orders/id -H 'content-type: application/json' -d '{"sku":"text","tags":["a"]}'`,
    );
    expect(curlOf('http://localhost:3001', 'GET', '/hello', undefined)).toBe('curl http://localhost:3001/hello');
  });

  it('keeps quotes of an example out of the reach of the shell', () => {
    expect(curlOf('http://h', 'POST', '/x', { default: "it's" })).toContain(`'"it'\\''s"'`);
  });

  it('sends no body where the engine says that there is no schema of one', () => {
    expect(curlOf('http://h', 'GET', '/orders/:id', null)).toBe('curl http://h/orders/id');
    expect(curlOf('http://h', 'POST', '/x', null)).toBe('curl -X POST http://h/x');
  });
});
