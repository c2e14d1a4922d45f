/** Steps, the flow graph and requests of the control API, in the shapes that screens work with. */
import { useMemo } from 'react';
import { type ApiError, get, type Schemas, send } from './client';
import type { FeedKind } from './feed';
import { useApi } from './queries';

export type StepKind = Schemas['StepKind'];
/** A step as `GET /v1/steps` tells it: its manifest entry, and how it does. Parts without a schema are left out. */
export type StepView = Omit<Schemas['StepView'], 'request'> & { request: Partial<Schemas['RequestSchemas']> | null };
export type StepDetail = Omit<Schemas['StepDetail'], 'step'> & { step: StepView };

export interface GraphNode {
  id: string;
  kind: StepKind | 'parked';
  language: string;
  description?: string;
  flows?: readonly string[];
  file?: string;
  line?: number;
  /** Events that wait for this target. */
  parked?: number;
}

export interface GraphEdge {
  source: string;
  target: string;
  kind?: string;
  kinds?: readonly string[];
  via?: string;
}

export interface Position {
  x: number;
  y: number;
}

export interface ObservedEdge {
  source: string;
  target: string;
  first_seen_at: string;
  last_seen_at: string;
  count: number;
}

export interface Graph {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  observed: readonly ObservedEdge[];
  positions?: Readonly<Record<string, Position>>;
}

export interface SourceView {
  file: string;
  language: string;
  line: number;
  text: string;
}

interface Read<T> {
  data: T | undefined;
  error: ApiError | null;
  isPending: boolean;
  refetch: () => unknown;
}

interface ReadOptions {
  live?: readonly FeedKind[];
  everyMs?: number;
  isOn?: boolean;
}

export function useSteps(options: ReadOptions = {}): Read<{ steps: readonly StepView[] }> {
  return useApi('/v1/steps', { live: ['manifest', 'step'], ...options });
}

/** All steps by id; undefined until they are known. */
export function useStepList(): readonly StepView[] | undefined {
  return useSteps().data?.steps;
}

export function useStep(id: string, options: ReadOptions = {}): Read<StepDetail> {
  return useApi('/v1/steps/{step}', { params: { step: id }, live: ['manifest', 'step', 'run'], ...options });
}

/** Which step a file of the project belongs to: `own` if it has it, so that a stack opens its own step. */
export function useStepOfFile(own?: string): (file: string) => string | undefined {
  const steps = useStepList();
  return useMemo(() => {
    const byFile = new Map<string, string>();
    for (const step of steps ?? []) {
      if (!byFile.has(step.source.file) || step.id === own) byFile.set(step.source.file, step.id);
    }
    return (file) => byFile.get(file);
  }, [steps, own]);
}

export function useGraph(): Read<Graph> {
  return useApi('/v1/graph', { live: ['manifest'], everyMs: 200 }) as unknown as Read<Graph>;
}

export function useSource(id: string): Read<SourceView> {
  const path = '/v1/steps/{step}/source' as '/v1/steps/{step}';
  return useApi(path, { params: { step: id }, live: ['manifest'] }) as unknown as Read<SourceView>;
}

export function setPositions(positions: Record<string, Position>): Promise<unknown> {
  return send('put', '/v1/graph/positions' as never, { body: { positions } as never });
}

export function setPaused(step: string, isPaused: boolean): Promise<unknown> {
  const params = { step };
  return isPaused
    ? send('post', '/v1/steps/{step}/pause', { params })
    : send('post', '/v1/steps/{step}/resume', { params });
}

/** The OpenAPI document of the project's api steps. */
export function getApiDocument(): Promise<unknown> {
  return get('/v1/openapi');
}

/** What people call the language: a Node step is told apart by its file. */
export function languageOf(step: { language: string; source?: { file: string }; file?: string }): string {
  const file = step.source?.file ?? step.file ?? '';
  if (step.language === 'node') return /\.[cm]?tsx?$/.test(file) ? 'TypeScript' : 'JavaScript';
  return { python: 'Python', ruby: 'Ruby' }[step.language] ?? step.language;
}

/** The sum of open runs in these states; of all when none is named. */
export function openRuns(step: Pick<StepView, 'open_runs'>, ...states: readonly string[]): number {
  return Object.entries(step.open_runs)
    .filter(([state]) => states.length === 0 || states.includes(state))
    .reduce((sum, [, many]) => sum + many, 0);
}
