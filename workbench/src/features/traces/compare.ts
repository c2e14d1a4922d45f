/** Two traces side by side: what each step cost in the one and in the other. */
import type { Trace } from './waterfall';

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
export function compare(here: Trace, there: Trace): Pair[] {
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

function costs(trace: Trace): Map<string, Cost> {
  const found = new Map<string, Cost>();
  const runs = new Map<string, Set<string>>();
  for (const span of trace.spans) {
    if (span.kind === 'user' || span.kind === 'commit' || span.kind === 'dispatch') continue;
    const cost = found.get(span.step) ?? { ...NOTHING };
    found.set(span.step, cost);
    if (span.kind === 'queue') cost.queueUs += span.duration_us;
    else if (span.kind === 'handler') cost.handlerUs += span.duration_us;
    else {
      cost.attempts += 1;
      cost.failed += span.is_failed ? 1 : 0;
      cost.totalUs += span.duration_us;
      const ids = runs.get(span.step) ?? new Set();
      runs.set(span.step, ids.add(span.run ?? span.span));
      cost.runs = ids.size;
    }
  }
  return found;
}

/** How many times as long it took here; undefined when one of them did not take any time. */
export function ratio(hereUs: number, thereUs: number): number | undefined {
  return hereUs > 0 && thereUs > 0 ? hereUs / thereUs : undefined;
}
