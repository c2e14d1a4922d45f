/** Flows as the steps declare them, and what goes through them. */
import type { Graph, StepView } from '../../api/catalog';

export interface Flow {
  name: string;
  members: readonly StepView[];
}

/** Every flow with its steps, in the order in which they make each other run. */
export function flowsOf(steps: readonly StepView[], graph: Pick<Graph, 'edges'> | undefined): Flow[] {
  const names = [...new Set(steps.flatMap((step) => step.flows ?? []))].sort();
  return names.map((name) => ({
    name,
    members: inOrder(
      steps.filter((step) => step.flows?.includes(name)),
      graph?.edges ?? [],
    ),
  }));
}

/** What comes first, first; a circle is entered at its first name. */
export function inOrder(steps: readonly StepView[], edges: Graph['edges']): StepView[] {
  const left = new Map([...steps].sort((a, b) => (a.id < b.id ? -1 : 1)).map((step) => [step.id, step]));
  const pairs = edges.filter((edge) => !edge.kinds.every((kind) => kind === 'on_error'));
  const ordered: StepView[] = [];
  while (left.size > 0) {
    const isWaiting = (id: string) =>
      pairs.some((edge) => edge.target === id && edge.source !== id && left.has(edge.source));
    const all = [...left.values()];
    const leads = (id: string) => pairs.some((edge) => edge.source === id && left.has(edge.target));
    const free = all.filter((step) => !isWaiting(step.id));
    const next = free.find((step) => leads(step.id)) ?? free[0] ?? all.find((step) => step.kind !== 'event') ?? all[0];
    if (next === undefined) break;
    left.delete(next.id);
    ordered.push(next);
  }
  return ordered;
}

/** Something that happened in a member: a run, or a request that an api step answered. */
export interface Happening {
  trace: string;
  step: string;
  state: string;
  at: number;
}

export interface PassedTrace {
  trace: string;
  /** When something last happened in it. */
  at: number;
  /** The worst state by member; members it did not reach are not in it. */
  states: ReadonlyMap<string, string>;
}

const WORST = ['dead', 'running', 'retrying', 'blocked', 'parked', 'ready', 'scheduled', 'cancelled', 'skipped'];

/** Traces that went through, the newest first. */
export function passed(happenings: readonly Happening[], most: number): PassedTrace[] {
  const traces = new Map<string, { trace: string; at: number; states: Map<string, string> }>();
  for (const { trace, step, state, at } of happenings) {
    const known = traces.get(trace) ?? { trace, at: 0, states: new Map<string, string>() };
    known.at = Math.max(known.at, at);
    const before = known.states.get(step);
    if (before === undefined || worse(state, before)) known.states.set(step, state);
    traces.set(trace, known);
  }
  return [...traces.values()].sort((one, other) => other.at - one.at).slice(0, most);
}

function worse(state: string, other: string): boolean {
  const rank = (one: string) => (WORST.includes(one) ? WORST.indexOf(one) : WORST.length);
  return rank(state) < rank(other);
}
