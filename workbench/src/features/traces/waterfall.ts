/**
 * From the spans and runs of a trace to the rows of its waterfall.
 *
 * Invariants
 * 1. Every request, attempt and span of a handler is one row, below what it came from; the parts of an attempt
 *    (queue, dispatch, handler, commit) are parts of its bar.
 * 2. A run that has not finished an attempt yet has a row too: what it waits for, or since when it runs.
 * 3. What a run waited before its first attempt (its time, its key, a predecessor) stays a part of its bar when it has
 *    run: a trace begins with what was accepted first, not with what was started first.
 * 4. Rows of one level stand in the order of their start; attempts of one run follow each other.
 */
import type { Schemas } from '../../api/client';
import { duration, instant } from '../../lib/format';
import { isFinal } from '../../lib/states';

export type Trace = Schemas['TraceDetail'];
export type Span = Schemas['SpanView'];
export type Log = Schemas['LogView'];
export type Run = Schemas['RunView'];

export type PartKind = 'queue' | 'dispatch' | 'handler' | 'commit' | 'wait' | 'running';

export interface Part {
  kind: PartKind;
  fromUs: number;
  durationUs: number;
  isFailed: boolean;
}

export interface Row {
  id: string;
  kind: 'request' | 'attempt' | 'user' | 'run';
  name: string;
  step: string;
  run: string | null;
  attempt: number;
  depth: number;
  fromUs: number;
  durationUs: number;
  isFailed: boolean;
  /** It has not ended: the bar grows. */
  isOpen: boolean;
  outcome: string;
  parts: readonly Part[];
  logs: readonly Log[];
  childCount: number;
  span: Span | null;
}

export interface Waterfall {
  rows: readonly Row[];
  startedMs: number;
  durationUs: number;
  isLive: boolean;
}

const PARTS: readonly string[] = ['queue', 'dispatch', 'handler', 'commit'];
/** Shorter waits are how long an event takes to be claimed: the engine tells them as the queue part. */
const WAIT_MIN_US = 5_000;

type Node = Omit<Row, 'depth' | 'childCount'> & { parent: string | null };

export function waterfallOf(trace: Trace, nowMs: number): Waterfall {
  const startedMs = Math.min(instant(trace.started_at), ...trace.runs.map((run) => instant(run.created_at)));
  const shiftUs = (instant(trace.started_at) - startedMs) * 1_000;
  const nowUs = Math.max((nowMs - startedMs) * 1_000, 0);
  const nodes = [...spanNodes(trace, startedMs, shiftUs), ...pendingNodes(trace, startedMs, nowUs)];
  const isLive = nodes.some((node) => node.isOpen);
  const endUs = Math.max(trace.duration_us + shiftUs, ...nodes.map((node) => node.fromUs + node.durationUs), 1);
  return { rows: flatten(nodes), startedMs, durationUs: endUs, isLive };
}

function spanNodes(trace: Trace, startedMs: number, shiftUs: number): Node[] {
  const parts = new Map<string, Part[]>();
  for (const span of trace.spans) {
    if (!PARTS.includes(span.kind) || span.parent === null) continue;
    const part: Part = {
      kind: span.kind as PartKind,
      fromUs: span.offset_us + shiftUs,
      durationUs: span.duration_us,
      isFailed: span.is_failed,
    };
    parts.set(span.parent, [...(parts.get(span.parent) ?? []), part]);
  }
  const logs = logsByOwner(trace.logs);
  const runs = new Map(trace.runs.map((run) => [run.id, run]));
  return trace.spans
    .filter((span) => !PARTS.includes(span.kind))
    .map((span) => {
      const startUs = span.offset_us + shiftUs;
      const run = span.kind === 'attempt' && span.attempt === 1 ? runs.get(span.run ?? '') : undefined;
      const madeUs = run === undefined ? startUs : (instant(run.created_at) - startedMs) * 1_000;
      const fromUs = startUs - madeUs < WAIT_MIN_US ? startUs : madeUs;
      const wait: Part = { kind: 'wait', fromUs, durationUs: startUs - fromUs, isFailed: false };
      return {
        id: span.span,
        kind: span.kind === 'request' || span.kind === 'attempt' ? span.kind : 'user',
        parent: span.parent,
        name: span.name,
        step: span.step,
        run: span.run,
        attempt: span.attempt,
        fromUs,
        durationUs: startUs - fromUs + span.duration_us,
        isFailed: span.is_failed,
        isOpen: false,
        outcome: span.kind === 'request' ? String(span.status) : span.outcome,
        parts: [...(fromUs < startUs ? [wait] : []), ...(parts.get(span.span) ?? [])],
        logs: span.kind === 'user' ? [] : (logs.get(ownerOf(span.run, span.step, span.attempt)) ?? []),
        span,
      };
    });
}

/** Rows of runs that have no bar for where they are now. */
function pendingNodes(trace: Trace, startedMs: number, nowUs: number): Node[] {
  const attempts = new Map<string, Span[]>();
  for (const span of trace.spans) {
    if (span.kind === 'attempt' && span.run !== null) {
      attempts.set(span.run, [...(attempts.get(span.run) ?? []), span]);
    }
  }
  const logs = logsByOwner(trace.logs);
  const us = (text: string) => Math.max((instant(text) - startedMs) * 1_000, 0);
  return trace.runs.flatMap((run) => {
    const done = attempts.get(run.id) ?? [];
    const isOver = isFinal(run.state);
    if (isOver && done.length > 0) return [];
    const last = done[done.length - 1];
    const isRunning = run.state === 'running' && run.started_at !== null;
    if (isRunning && done.some((span) => span.attempt === run.attempt)) return []; // its end is on the way
    const begunUs = last === undefined ? us(run.created_at) : us(last.started_at) + last.duration_us;
    const claimedUs = isRunning ? Math.max(us(run.started_at ?? run.created_at), begunUs) : begunUs;
    const endUs = isOver ? us(run.finished_at ?? run.created_at) : Math.max(nowUs, claimedUs);
    const parts: Part[] = [];
    const waitEnd = isRunning ? claimedUs : endUs;
    if (waitEnd > begunUs)
      parts.push({ kind: 'wait', fromUs: begunUs, durationUs: waitEnd - begunUs, isFailed: false });
    if (isRunning) parts.push({ kind: 'running', fromUs: claimedUs, durationUs: endUs - claimedUs, isFailed: false });
    return {
      id: `run:${run.id}`,
      kind: 'run' as const,
      parent: last?.parent ?? parentSpan(run, attempts, trace),
      name: run.step,
      step: run.step,
      run: run.id,
      attempt: isRunning ? run.attempt : run.attempt + (last === undefined ? 0 : 1),
      fromUs: begunUs,
      durationUs: Math.max(endUs - begunUs, 0),
      isFailed: run.state === 'dead',
      isOpen: !isOver,
      outcome: run.state,
      parts,
      logs: isRunning ? (logs.get(ownerOf(run.id, run.step, run.attempt)) ?? []) : [],
      span: null,
    };
  });
}

function parentSpan(run: Run, attempts: ReadonlyMap<string, Span[]>, trace: Trace): string | null {
  if (run.parent_run === null) return trace.spans.find((span) => span.kind === 'request')?.span ?? null;
  const parents = attempts.get(run.parent_run);
  return parents?.[parents.length - 1]?.span ?? `run:${run.parent_run}`;
}

function ownerOf(run: string | null, step: string | null, attempt: number): string {
  return run === null ? `step:${step}` : `${run}#${attempt}`;
}

function logsByOwner(lines: readonly Log[]): Map<string, Log[]> {
  const found = new Map<string, Log[]>();
  for (const line of lines) {
    const owner = ownerOf(line.run, line.step, line.attempt);
    const held = found.get(owner);
    if (held === undefined) found.set(owner, [line]);
    else held.push(line);
  }
  return found;
}

function flatten(nodes: readonly Node[]): Row[] {
  const ids = new Set(nodes.map((node) => node.id));
  const below = new Map<string | null, Node[]>();
  for (const node of nodes) {
    const parent = node.parent !== null && node.parent !== node.id && ids.has(node.parent) ? node.parent : null;
    const held = below.get(parent);
    if (held === undefined) below.set(parent, [node]);
    else held.push(node);
  }
  const rows: Row[] = [];
  const met = new Set<string>();
  const add = (parent: string | null, depth: number) => {
    for (const node of inOrder(below.get(parent) ?? [])) {
      if (met.has(node.id)) continue;
      met.add(node.id);
      const { parent: _, ...rest } = node;
      rows.push({ ...rest, depth, childCount: below.get(node.id)?.length ?? 0 });
      add(node.id, depth + 1);
    }
  };
  add(null, 0);
  return rows;
}

/** By start; attempts of one run stand together, where the first of them is. */
function inOrder(nodes: readonly Node[]): Node[] {
  const first = new Map<string, number>();
  const keyOf = (node: Node) => node.run ?? node.id;
  for (const node of nodes) {
    const key = node.kind === 'user' ? node.id : keyOf(node);
    first.set(key, Math.min(first.get(key) ?? Number.POSITIVE_INFINITY, node.fromUs));
  }
  const startOf = (node: Node) => first.get(node.kind === 'user' ? node.id : keyOf(node)) ?? node.fromUs;
  return [...nodes].sort(
    (a, b) =>
      startOf(a) - startOf(b) || keyOf(a).localeCompare(keyOf(b)) || a.fromUs - b.fromUs || a.attempt - b.attempt,
  );
}

/** The rows that stand when what is below `closed` ones is folded away. */
export function unfolded(rows: readonly Row[], closed: ReadonlySet<string>): Row[] {
  const shown: Row[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.depth > hiddenBelow) continue;
    hiddenBelow = closed.has(row.id) ? row.depth : Number.POSITIVE_INFINITY;
    shown.push(row);
  }
  return shown;
}

/** Round instants for the axis: about `wanted` of them between `fromUs` and `toUs`. */
export function ticksOf(fromUs: number, toUs: number, wanted: number): number[] {
  const span = toUs - fromUs;
  if (span <= 0) return [fromUs];
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? 10 * power;
  const ticks: number[] = [];
  for (let at = Math.ceil(fromUs / step) * step; at <= toUs; at += step) ticks.push(at);
  return ticks;
}

/** An instant of the axis with as many digits as tell it from its neighbours, `stepUs` away. */
export function tickLabel(us: number, stepUs: number): string {
  if (us === 0) return '0';
  const digits = (unitUs: number) => Math.max(0, Math.ceil(-Math.log10(Math.max(stepUs, 1) / unitUs) - 1e-9));
  if (us < 1_000) return `${Math.round(us)} µs`;
  if (us < 1_000_000) return `${(us / 1_000).toFixed(digits(1_000))} ms`;
  const seconds = digits(1_000_000);
  if (us < 60_000_000) return `${(us / 1_000_000).toFixed(seconds)} s`;
  const minutes = Math.floor(us / 60_000_000);
  if (stepUs < 60_000_000) return `${minutes} min ${((us % 60_000_000) / 1_000_000).toFixed(seconds)} s`;
  return duration(us / 1_000);
}
