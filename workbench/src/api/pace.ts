/**
 * When to do again what is not to be done at every change: at once while changes are rare, at a pace while not.
 *
 * Invariant: never more than `QUICK` times in a row, and then once every `everyMs`.
 */
const QUICK = 3;

export class Pace {
  private left = QUICK;
  private filledAt = 0;

  /** How long to wait from `nowMs` on, in ms; the turn counts as taken. */
  next(nowMs: number, everyMs: number): number {
    const turns = Math.floor((nowMs - this.filledAt) / everyMs);
    if (turns > 0) {
      this.left = Math.min(this.left + turns, QUICK);
      this.filledAt = this.left === QUICK ? nowMs : this.filledAt + turns * everyMs;
    }
    if (this.left > 0) {
      this.left -= 1;
      return 0;
    }
    const wait = this.filledAt + everyMs - nowMs;
    this.filledAt += everyMs;
    return wait;
  }
}
