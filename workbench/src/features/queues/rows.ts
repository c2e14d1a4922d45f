/** Queues as rows: every step that has runs, also when none is open now. */

import type { StepView } from '../../api/catalog';
import type { Schemas } from '../../api/client';

export interface QueueRow {
  step: string;
  kind: string;
  language: string;
  depth: number;
  inFlight: number;
  /** Open runs that are not in flight, by state. */
  waiting: readonly (readonly [state: string, runs: number])[];
  oldestReadyAt: string | null;
  concurrency: number | null;
  depthMax: number | null;
  isPaused: boolean;
}

const ORDER = ['ready', 'retrying', 'scheduled', 'blocked'];

export function queueRows(queues: readonly Schemas['QueueView'][], steps: readonly StepView[]): QueueRow[] {
  const bySteps = new Map(steps.map((step) => [step.id, step]));
  const byQueue = new Map(queues.map((queue) => [queue.step, queue]));
  const withRuns = steps.filter((step) => step.kind !== 'api' || byQueue.has(step.id)).map((step) => step.id);
  const gone = queues.filter((queue) => !bySteps.has(queue.step) && !isOnlyParked(queue)).map((queue) => queue.step);
  return [...withRuns, ...gone].map((id) => row(id, byQueue.get(id), bySteps.get(id))).sort(byUrgency);
}

function row(id: string, queue: Schemas['QueueView'] | undefined, step: StepView | undefined): QueueRow {
  const byState = queue?.by_state ?? {};
  const { limit } = (step as { concurrency?: { limit?: number } | null } | undefined)?.concurrency ?? {};
  return {
    step: id,
    kind: step?.kind ?? 'gone',
    language: step?.language ?? '',
    depth: Object.values(byState).reduce((sum, runs) => sum + runs, 0) - (byState.parked ?? 0),
    inFlight: byState.running ?? 0,
    waiting: ORDER.filter((state) => (byState[state] ?? 0) > 0).map((state) => [state, byState[state] ?? 0]),
    oldestReadyAt: queue?.oldest_ready_at ?? null,
    concurrency: queue?.concurrency ?? limit ?? null,
    depthMax: queue?.depth_max ?? null,
    isPaused: queue?.is_paused ?? step?.is_paused ?? false,
  };
}

function isOnlyParked(queue: Schemas['QueueView']): boolean {
  return Object.entries(queue.by_state).every(([state, runs]) => state === 'parked' || runs === 0);
}

/** Deepest first; the order of idle ones does not jump. */
function byUrgency(one: QueueRow, other: QueueRow): number {
  return other.depth - one.depth || one.step.localeCompare(other.step);
}
