/** States of runs that nothing changes any more. */
const FINAL_STATES: readonly string[] = ['completed', 'dead', 'cancelled', 'skipped'];

export function isFinal(state: string): boolean {
  return FINAL_STATES.includes(state);
}
