/**
 * The lines that the screen holds, oldest first.
 *
 * Invariants
 * 1. A live list has at most `LINES_MAX` lines: the oldest go, and can be read again from the engine.
 * 2. While it is paused nothing in it moves: new lines wait (at most `LINES_MAX`; all are counted).
 * 3. Older lines can be put before it up to `READING_MAX`; beyond, the newest go and `isDetached` says
 *    that what waits does not follow on, so that the list is read anew when it goes on.
 * 4. A line that came by the page and by the feed is there once.
 */
import { type LogLine, signature } from './line';

export const LINES_MAX = 10_000;
export const READING_MAX = 20_000;
const OVERLAP = 2_000;

export interface LogView {
  lines: readonly LogLine[];
  isPaused: boolean;
  /** Lines that came since it was paused. */
  waiting: number;
  isDetached: boolean;
  /** The oldest lines were dropped: what is older is read by time, not by the page's cursor. */
  isCut: boolean;
}

const EMPTY: LogView = { lines: [], isPaused: false, waiting: 0, isDetached: false, isCut: false };

export class LogBuffer {
  private view = EMPTY;
  private held: LogLine[] = [];
  private early: LogLine[] | null = [];
  private newest = 0;
  private oldest = 0;
  private readonly watchers = new Set<() => void>();

  snapshot = (): LogView => this.view;

  watch = (changed: () => void): (() => void) => {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  };

  /** Begin again: live lines are kept apart until `start` brings the stored ones. */
  clear(): void {
    this.held = [];
    this.early = [];
    this.become({ ...EMPTY, isPaused: this.view.isPaused });
  }

  /** The newest stored lines, oldest first; what came meanwhile follows. */
  start(stored: readonly LogLine[]): void {
    const early = this.early ?? [];
    this.early = null;
    this.held = [];
    this.become({ ...EMPTY, isPaused: this.view.isPaused, lines: stored.map((line) => this.numbered(line)) });
    this.append(without(early, stored));
  }

  /** Live lines, oldest first. */
  append(lines: readonly LogLine[]): void {
    if (lines.length === 0) return;
    if (this.early !== null) {
      this.early = [...this.early, ...lines].slice(-LINES_MAX);
      return;
    }
    for (const line of lines) this.numbered(line);
    if (!this.view.isPaused) {
      this.take(lines);
      return;
    }
    this.held.push(...lines);
    if (this.held.length > LINES_MAX) this.held = this.held.slice(-LINES_MAX);
    this.become({ ...this.view, waiting: this.view.waiting + lines.length });
  }

  /** Older lines, oldest first. Those that are there already are left out. */
  prepend(lines: readonly LogLine[]): void {
    const before = without(lines, this.view.lines.slice(0, OVERLAP));
    for (const line of [...before].reverse()) line.key = --this.oldest;
    const all = [...before, ...this.view.lines];
    const isOver = all.length > READING_MAX;
    this.become({
      ...this.view,
      lines: isOver ? all.slice(0, READING_MAX) : all,
      isDetached: this.view.isDetached || isOver,
      isCut: false,
    });
  }

  pause(): void {
    if (!this.view.isPaused) this.become({ ...this.view, isPaused: true });
  }

  /** Go on with what waits. False: it does not follow on, read anew. */
  resume(): boolean {
    if (!this.view.isPaused) return true;
    const isWhole = !this.view.isDetached;
    const held = this.held;
    this.held = [];
    this.become({ ...this.view, isPaused: false, waiting: 0, isDetached: false });
    if (isWhole) this.take(held);
    return isWhole;
  }

  private take(lines: readonly LogLine[]): void {
    const all = [...this.view.lines, ...lines];
    const isOver = all.length > LINES_MAX;
    this.become({
      ...this.view,
      lines: isOver ? all.slice(-LINES_MAX) : all,
      isCut: this.view.isCut || isOver,
    });
  }

  private numbered(line: LogLine): LogLine {
    line.key = ++this.newest;
    return line;
  }

  private become(view: LogView): void {
    this.view = view;
    for (const watcher of this.watchers) watcher();
  }
}

/** `lines` but those that `known` has, each as often as it has it. */
function without(lines: readonly LogLine[], known: readonly LogLine[]): LogLine[] {
  if (lines.length === 0 || known.length === 0) return [...lines];
  const times = new Map<string, number>();
  for (const line of known) times.set(signature(line), (times.get(signature(line)) ?? 0) + 1);
  return lines.filter((line) => {
    const left = times.get(signature(line)) ?? 0;
    if (left > 0) times.set(signature(line), left - 1);
    return left === 0;
  });
}
