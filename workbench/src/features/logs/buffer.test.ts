import { describe, expect, it } from 'vitest';
import { LINES_MAX, LogBuffer, READING_MAX } from './buffer';
import type { LogLine } from './line';

function lines(from: number, to: number): LogLine[] {
  return Array.from({ length: to - from }, (_, at) => ({
    key: 0,
    at: from + at,
    level: 'info',
    message: `line ${from + at}`,
    step: 's',
    trace: null,
    run: null,
    attempt: 0,
    source: 'logger',
    fields: null,
  }));
}

function started(stored: LogLine[] = []): LogBuffer {
  const buffer = new LogBuffer();
  buffer.start(stored);
  return buffer;
}

const instants = (buffer: LogBuffer) => buffer.snapshot().lines.map((line) => line.at);
const keysRise = (buffer: LogBuffer) =>
  buffer.snapshot().lines.every((line, at, all) => at === 0 || line.key > (all[at - 1]?.key ?? 0));

describe('a log buffer', () => {
  it('puts live lines that came before the stored ones behind them, each once', () => {
    const buffer = new LogBuffer();
    buffer.append(lines(3, 6));

    buffer.start(lines(0, 4));

    expect(instants(buffer)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(keysRise(buffer)).toBe(true);
  });

  it('keeps two lines that are alike when only one of them was stored', () => {
    const buffer = new LogBuffer();
    buffer.append([...lines(1, 2), ...lines(1, 2)]);

    buffer.start(lines(0, 2));

    expect(instants(buffer)).toEqual([0, 1, 1]);
  });

  it('is bounded while it is live, and says that the oldest are gone', () => {
    const buffer = started(lines(0, 10));

    buffer.append(lines(10, LINES_MAX + 5));

    expect(buffer.snapshot().lines).toHaveLength(LINES_MAX);
    expect(instants(buffer)[0]).toBe(5);
    expect(buffer.snapshot().isCut).toBe(true);
  });

  it('does not move while it is paused, and counts what comes', () => {
    const buffer = started(lines(0, 3));
    buffer.pause();

    buffer.append(lines(3, 8));

    expect(instants(buffer)).toEqual([0, 1, 2]);
    expect(buffer.snapshot().waiting).toBe(5);
    expect(buffer.resume()).toBe(true);
    expect(instants(buffer)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(buffer.snapshot().waiting).toBe(0);
  });

  it('holds a bounded number while it is paused and goes on with the newest', () => {
    const buffer = started(lines(0, 3));
    buffer.pause();

    buffer.append(lines(3, LINES_MAX + 100));

    expect(buffer.snapshot().waiting).toBe(LINES_MAX + 97);
    expect(buffer.resume()).toBe(true);
    expect(instants(buffer)[0]).toBe(100);
    expect(instants(buffer).at(-1)).toBe(LINES_MAX + 99);
  });

  it('puts older lines before the first, without those that are there', () => {
    const buffer = started(lines(5, 8));

    buffer.prepend(lines(2, 6));

    expect(instants(buffer)).toEqual([2, 3, 4, 5, 6, 7]);
    expect(keysRise(buffer)).toBe(true);
  });

  it('drops the newest when the reader goes far back, and must then be read anew', () => {
    const buffer = started(lines(READING_MAX, READING_MAX + 10));
    buffer.pause();

    buffer.prepend(lines(0, READING_MAX));

    expect(buffer.snapshot().lines).toHaveLength(READING_MAX);
    expect(buffer.snapshot().isDetached).toBe(true);
    expect(buffer.resume()).toBe(false);
  });

  it('tells who watches', () => {
    const buffer = started();
    let told = 0;
    const stop = buffer.watch(() => told++);

    buffer.append(lines(0, 1));
    stop();
    buffer.append(lines(1, 2));

    expect(told).toBe(1);
  });
});
