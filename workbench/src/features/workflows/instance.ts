/** An instance as it is drawn: what comes after what, how each link stands, how long a member took. */
import type { Schemas } from '../../api/client';
import { instant } from '../../lib/format';

export type Workflow = Schemas['WorkflowView'];
export type Instance = Schemas['InstanceDetail'];
export type InstanceRow = Schemas['InstanceView'];
export type Member = Schemas['MemberView'];

export const INSTANCE_STATES = ['running', 'completed', 'failed', 'timed_out', 'cancelled'] as const;
export type InstanceState = (typeof INSTANCE_STATES)[number];

/** `done`: what comes before has completed. `broken`: it never will, unless it is replayed. */
export type LinkState = 'done' | 'open' | 'broken';

export interface MemberLink {
  source: string;
  target: string;
  state: LinkState;
}

const FAILED: readonly string[] = ['dead', 'cancelled', 'skipped'];

/** A link from each member to those that come after it; what names nothing comes after the start. */
export function linksOf(members: readonly Member[]): MemberLink[] {
  const start = members.find((member) => member.is_start)?.step;
  const states = new Map(members.map((member) => [member.step, member.state]));
  return members.flatMap((member) => {
    if (member.is_start || start === undefined) return [];
    const before = member.after.length > 0 ? member.after : [start];
    return before.map((source) => ({ source, target: member.step, state: linkState(states.get(source)) }));
  });
}

function linkState(before: string | null | undefined): LinkState {
  if (before === 'completed') return 'done';
  return FAILED.includes(before ?? '') ? 'broken' : 'open';
}

/** What stands on a member: the state of its newest run, or that it has none. */
export function wordOf(member: Pick<Member, 'state' | 'waits_for'>): string {
  return member.state ?? (member.waits_for.length > 0 ? 'waiting' : 'not triggered');
}

/** How long its newest run took, or has taken so far; undefined before it began. */
export function tookMs(
  member: Pick<Member, 'started_at' | 'finished_at' | 'state'>,
  nowMs: number,
): number | undefined {
  if (member.started_at === null) return undefined;
  if (member.finished_at !== null) return Math.max(instant(member.finished_at) - instant(member.started_at), 0);
  return member.state === 'running' ? Math.max(nowMs - instant(member.started_at), 0) : undefined;
}

/** Instances by state: of one workflow, or of all. */
export function countsOf(workflows: readonly Workflow[], id: string | undefined): ReadonlyMap<InstanceState, number> {
  const chosen = workflows.filter((workflow) => id === undefined || workflow.id === id);
  return new Map(
    INSTANCE_STATES.map((state) => [state, chosen.reduce((sum, workflow) => sum + (workflow.counts[state] ?? 0), 0)]),
  );
}

export function runningOf(workflows: readonly Workflow[]): number {
  return countsOf(workflows, undefined).get('running') ?? 0;
}
