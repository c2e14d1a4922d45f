/** Two traces side by side: what each step cost in the one and in the other, as their waterfalls show it. */
import type { Waterfall as Shape } from './waterfall';

export interface Cost {
  runs: number;
  attempts: number;
  failed: number;
  queueUs: number;
  handlerUs: number;
  totalUs: number;
}

export interface Pair {
  step: string;
  kind: 'both' | 'here' | 'there';
  here: Cost;
  there: Cost;
}

const NOTHING: Cost = { runs: 0, attempts: 0, failed: 0, queueUs: 0, handlerUs: 0, totalUs: 0 };

/** By step, in the order in which they began here; those that only the other has come last. */
export function compare(here: Shape, there: Shape): Pair[] {
  const [a, b] = [costs(here), costs(there)];
  return [...new Set([...a.keys(), ...b.keys()])].map((step) => {
    const [one, other] = [a.get(step), b.get(step)];
    return {
      step,
      kind: one === undefined ? 'there' : other === undefined ? 'here' : 'both',
      here: one ?? NOTHING,
      there: other ?? NOTHING,
    };
  });
}

function costs(shape: Shape): Map<string, Cost> {
  const found = new Map<string, Cost>();
  const runs = new Map<string, Set<string>>();
  for (const row of [...shape.rows].sort((a, b) => a.fromUs - b.fromUs)) {
    if (row.kind === 'user') continue;
    const cost = found.get(row.step) ?? { ...NOTHING };
    found.set(row.step, cost);
    for (const part of row.parts) {
      if (part.kind === 'queue' || part.kind === 'wait') cost.queueUs += part.durationUs;
      else if (part.kind === 'handler' || part.kind === 'running') cost.handlerUs += part.durationUs;
    }
    const isOnlyWaiting = row.kind === 'run' && !row.parts.some((part) => part.kind === 'running');
    cost.attempts += isOnlyWaiting ? 0 : 1;
    cost.failed += row.isFailed ? 1 : 0;
    cost.totalUs += row.durationUs;
    const ids = runs.get(row.step) ?? new Set();
    runs.set(row.step, ids.add(row.run ?? row.id));
    cost.runs = ids.size;
  }
  return found;
}

/** How many times as long it took here; undefined when one of them did not take any time. */
export function ratio(hereUs: number, thereUs: number): number | undefined {
  return hereUs > 0 && thereUs > 0 ? hereUs / thereUs : undefined;
}

/** A ratio for people: two digits that matter, whatever its size. */
export function times(value: number): string {
  if (value >= 10) return `${Math.round(value)} ×`;
  return `${value >= 0.095 ? value.toFixed(2) : value.toPrecision(1)} ×`;
}
