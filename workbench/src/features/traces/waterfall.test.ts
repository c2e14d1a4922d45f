import { describe, expect, it } from 'vitest';
import { compare, ratio, times } from './compare';
import { type Run, type Span, type Trace, tickLabel, ticksOf, unfolded, waterfallOf } from './waterfall';

const START = Date.parse('2026-05-01T12:00:00.000Z');
const at = (ms: number) => new Date(START + ms).toISOString();

function span(id: string, kind: string, from: number, took: number, more: Partial<Span> = {}): Span {
  return {
    span: id,
    parent: null,
    kind,
    name: kind,
    step: 'pay',
    run: null,
    attempt: 1,
    started_at: at(from),
    offset_us: from * 1_000,
    duration_us: took * 1_000,
    is_failed: false,
    outcome: '',
    status: 0,
    error_name: null,
    error_message: null,
    error_stack: null,
    fields: null,
    ...more,
  };
}

function run(id: string, state: string, more: Partial<Run> = {}): Run {
  return {
    id,
    event: id,
    step: 'pay',
    target: 'pay',
    state,
    trigger: 'event',
    attempt: 1,
    trace: 't',
    created_at: at(10),
    due_at: at(10),
    started_at: null,
    finished_at: null,
    reason: null,
    error: null,
    parent_run: null,
    replay_of: null,
    key: null,
    lane: null,
    priority: 0,
    crashes: 0,
    retry_count: 0,
    node: null,
    cancel_requested: false,
    ...more,
  };
}

function trace(spans: Span[], runs: Run[] = [], more: Partial<Trace> = {}): Trace {
  return {
    trace: 't',
    started_at: at(0),
    duration_us: 100_000,
    is_failed: false,
    spans,
    logs: [],
    is_cut: false,
    log_lines_dropped: 0,
    runs,
    instances: [],
    ...more,
  };
}

describe('waterfallOf', () => {
  it('makes parts of a bar from the parts of an attempt', () => {
    const { rows } = waterfallOf(
      trace([
        span('a', 'attempt', 0, 50, { run: 'r' }),
        span('a.queue', 'queue', 0, 10, { parent: 'a', run: 'r' }),
        span('a.handler', 'handler', 10, 30, { parent: 'a', run: 'r', is_failed: true }),
      ]),
      START,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.parts.map((part) => [part.kind, part.fromUs, part.isFailed])).toEqual([
      ['queue', 0, false],
      ['handler', 10_000, true],
    ]);
  });

  it('indents what a span caused and keeps attempts of a run together', () => {
    const { rows } = waterfallOf(
      trace([
        span('root', 'request', 0, 5),
        span('a1', 'attempt', 5, 5, { parent: 'root', run: 'A' }),
        span('b1', 'attempt', 6, 5, { parent: 'root', run: 'B' }),
        span('a2', 'attempt', 50, 5, { parent: 'root', run: 'A', attempt: 2 }),
        span('c1', 'attempt', 8, 5, { parent: 'a1', run: 'C' }),
      ]),
      START,
    );
    expect(rows.map((row) => [row.id, row.depth])).toEqual([
      ['root', 0],
      ['a1', 1],
      ['c1', 2],
      ['a2', 1],
      ['b1', 1],
    ]);
    expect(rows[0]?.childCount).toBe(3);
  });

  it('lets an open run grow: what it waited, then what it runs', () => {
    const open = run('r', 'running', { started_at: at(30) });
    const found = waterfallOf(trace([span('root', 'request', 0, 5)], [open]), START + 200);
    expect(found.isLive).toBe(true);
    expect(found.durationUs).toBe(200_000);
    const row = found.rows[1];
    expect(row).toMatchObject({ id: 'run:r', depth: 1, isOpen: true });
    expect(row?.parts).toEqual([
      { kind: 'wait', fromUs: 10_000, durationUs: 20_000, isFailed: false },
      { kind: 'running', fromUs: 30_000, durationUs: 170_000, isFailed: false },
    ]);
  });

  it('keeps what a run waited before its first attempt, also when it is the first of the trace', () => {
    const done = run('r', 'completed', { created_at: at(-30_000), finished_at: at(50) });
    const child = run('c', 'completed', { created_at: at(40), finished_at: at(4_060), parent_run: 'r' });
    const found = waterfallOf(
      trace(
        [
          span('a', 'attempt', 0, 50, { run: 'r' }),
          span('a.handler', 'handler', 2, 40, { run: 'r', parent: 'a' }),
          span('b', 'attempt', 4_040, 20, { run: 'c', parent: 'a' }),
          span('b2', 'attempt', 4_100, 20, { run: 'c', parent: 'a', attempt: 2 }),
        ],
        [done, child],
        { duration_us: 4_120_000 },
      ),
      START,
    );
    expect(found.startedMs).toBe(START - 30_000);
    expect(found.durationUs).toBe(34_120_000);
    expect(found.rows.map((row) => [row.id, row.fromUs, row.durationUs])).toEqual([
      ['a', 0, 30_050_000],
      ['b', 30_040_000, 4_020_000],
      ['b2', 34_100_000, 20_000],
    ]);
    expect(found.rows[0]?.parts.map((part) => [part.kind, part.fromUs, part.durationUs])).toEqual([
      ['wait', 0, 30_000_000],
      ['handler', 30_002_000, 40_000],
    ]);
  });

  it('shows a retry that is due behind the attempts that failed', () => {
    const spans = [span('a1', 'attempt', 0, 20, { run: 'r', is_failed: true, outcome: 'retrying' })];
    const { rows } = waterfallOf(trace(spans, [run('r', 'retrying')]), START + 100);
    expect(rows.map((row) => [row.kind, row.attempt, row.outcome])).toEqual([
      ['attempt', 1, 'retrying'],
      ['run', 2, 'retrying'],
    ]);
    expect(rows[1]?.fromUs).toBe(20_000);
  });

  it('has no second row for a run whose attempt is told', () => {
    const spans = [span('a1', 'attempt', 0, 20, { run: 'r', outcome: 'completed' })];
    const found = waterfallOf(trace(spans, [run('r', 'completed', { finished_at: at(20) })]), START + 9_000);
    expect(found.rows).toHaveLength(1);
    expect(found.isLive).toBe(false);
    expect(found.durationUs).toBe(100_000);
  });

  it('gives log lines to the attempt that wrote them', () => {
    const line = {
      id: '1',
      at: at(3),
      level: 'info',
      message: 'm',
      step: 'pay',
      trace: 't',
      run: 'r',
      attempt: 2,
      source: 'logger',
      fields: null,
    };
    const spans = [span('a1', 'attempt', 0, 5, { run: 'r' }), span('a2', 'attempt', 9, 5, { run: 'r', attempt: 2 })];
    const { rows } = waterfallOf(trace(spans, [], { logs: [line] }), START);
    expect(rows.map((row) => row.logs.length)).toEqual([0, 1]);
  });

  it('puts a span whose parent is not stored at the top', () => {
    expect(waterfallOf(trace([span('a', 'attempt', 0, 1, { parent: 'gone' })]), START).rows[0]?.depth).toBe(0);
  });

  it('lays out a thousand attempts at once', () => {
    const spans = Array.from({ length: 1_000 }, (_, n) =>
      span(`s${n}`, 'attempt', n, 5, { run: `r${n}`, parent: n ? 's0' : null }),
    );
    expect(waterfallOf(trace(spans), START).rows).toHaveLength(1_000);
  });
});

describe('unfolded', () => {
  it('hides what is below a closed row, and only that', () => {
    const { rows } = waterfallOf(
      trace([
        span('a', 'attempt', 0, 1, { run: 'A' }),
        span('b', 'attempt', 1, 1, { run: 'B', parent: 'a' }),
        span('c', 'attempt', 2, 1, { run: 'C', parent: 'b' }),
        span('d', 'attempt', 3, 1, { run: 'D' }),
      ]),
      START,
    );
    expect(unfolded(rows, new Set(['a'])).map((row) => row.id)).toEqual(['a', 'd']);
    expect(unfolded(rows, new Set(['b'])).map((row) => row.id)).toEqual(['a', 'b', 'd']);
  });
});

describe('ticksOf', () => {
  it('finds round instants inside', () => {
    expect(ticksOf(0, 1_000, 5)).toEqual([0, 200, 400, 600, 800, 1_000]);
    expect(ticksOf(130, 470, 4)).toEqual([200, 300, 400]);
    expect(ticksOf(5, 5, 4)).toEqual([5]);
  });
});

describe('tickLabel', () => {
  it('has the digits that tell neighbours apart, and no more', () => {
    expect([0, 200_000, 1_000_000].map((us) => tickLabel(us, 200_000))).toEqual(['0', '200 ms', '1.0 s']);
    expect([14_037_000, 14_038_000].map((us) => tickLabel(us, 1_000))).toEqual(['14.037 s', '14.038 s']);
    expect([5_000_000, 10_000_000].map((us) => tickLabel(us, 5_000_000))).toEqual(['5 s', '10 s']);
    expect([500, 1_500].map((us) => tickLabel(us, 500))).toEqual(['500 µs', '1.5 ms']);
    expect(tickLabel(90_500_000, 500_000)).toBe('1 min 30.5 s');
    expect(tickLabel(3_600_000_000, 600_000_000)).toBe('1 h');
  });
});

describe('compare', () => {
  it('adds up steps and says who has which', () => {
    const here = trace([
      span('a1', 'attempt', 0, 20, { run: 'r', is_failed: true }),
      span('a2', 'attempt', 30, 10, { run: 'r', attempt: 2 }),
      span('a2.queue', 'queue', 30, 4, { run: 'r', parent: 'a2' }),
    ]);
    const there = trace([
      span('b', 'attempt', 0, 10, { run: 'x' }),
      span('c', 'attempt', 0, 3, { run: 'y', step: 'mail' }),
    ]);
    const [pay, mail] = compare(waterfallOf(here, START), waterfallOf(there, START));
    expect(pay).toMatchObject({ step: 'pay', kind: 'both', here: { runs: 1, attempts: 2, failed: 1, queueUs: 4_000 } });
    expect(mail).toMatchObject({ step: 'mail', kind: 'there', here: { runs: 0 } });
    expect(ratio(30, 10)).toBe(3);
    expect(ratio(30, 0)).toBeUndefined();
  });

  it('counts what was waited before the first attempt, and what is not over', () => {
    const waited = trace(
      [span('a', 'attempt', 3_000, 10, { run: 'x' }), span('q', 'queue', 3_000, 4, { parent: 'a', run: 'x' })],
      [run('x', 'completed', { created_at: at(0) }), run('y', 'running', { created_at: at(0), started_at: at(1_000) })],
    );
    const [pay] = compare(waterfallOf(waited, START + 4_000), waterfallOf(trace([]), START));
    expect(pay?.here).toEqual({
      runs: 2,
      attempts: 2,
      failed: 0,
      queueUs: 4_004_000,
      handlerUs: 3_000_000,
      totalUs: 7_010_000,
    });
  });

  it('keeps a digit of a small ratio', () => {
    expect([4 / 908, 0.0951, 0.5, 1, 9.994, 12.6].map(times)).toEqual([
      '0.004 ×',
      '0.10 ×',
      '0.50 ×',
      '1.00 ×',
      '9.99 ×',
      '13 ×',
    ]);
  });
});
