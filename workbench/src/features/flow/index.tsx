/** Flow: every step, what makes it run, and what happens in it now. */
import { ReactFlowProvider } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { RotateCcw } from 'lucide-react';
import { useMemo, useState } from 'react';
import { type Graph, type Position, setPositions, useGraph, useSteps } from '../../api/catalog';
import { useAct } from '../../api/queries';
import { useMayOperate } from '../../api/session';
import { Button } from '../../components/Button';
import { SearchField, Select } from '../../components/Inputs';
import { Page } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { sayFailure } from '../../components/Toasts';
import { counted } from '../../lib/format';
import { useFilters } from '../../lib/location';
import { useIsNarrow } from '../../lib/media';
import { Canvas } from './Canvas';
import './flow.css';
import { Legend } from './Legend';
import { useLights, useLoads } from './live';
import { type EdgeKind, flowsOf, HIDDEN_FIRST } from './model';
import { Loads } from './StepNode';
import { StepPanel } from './StepPanel';
import { Tools } from './Tools';
import { useScene } from './useScene';

export default function Flow() {
  const graph = useGraph();
  if (graph.data !== undefined && graph.data.nodes.length > 0)
    return (
      <ReactFlowProvider>
        <Drawn graph={graph.data} />
      </ReactFlowProvider>
    );
  return (
    <Page title="Flow">
      {graph.error !== null ? (
        <Failed error={graph.error} retry={() => graph.refetch()} />
      ) : graph.data === undefined ? (
        <Loading what="the graph" />
      ) : (
        <Empty title="The project has no steps yet.">
          A step is a function in a file below <code>motia/steps</code>. It stands here as soon as the file is saved.
        </Empty>
      )}
    </Page>
  );
}

function Drawn({ graph }: { graph: Graph }) {
  const [filters, set] = useFilters();
  const steps = useSteps();
  const loads = useLoads();
  useLights();
  const byId = useMemo(() => new Map((steps.data?.steps ?? []).map((step) => [step.id, step])), [steps.data]);
  const hidden = useMemo(
    () => new Set(filters.hide === undefined ? HIDDEN_FIRST : filters.hide.split(',')),
    [filters.hide],
  );
  const flows = flowsOf(graph.nodes);
  const isGrouped = filters.group !== 'off' && flows.length > 0;
  const { moved, drop, reset, isMoved } = usePositions(graph);
  const view = { flow: filters.flow, text: filters.q ?? '', hidden, isGrouped, chosen: filters.step };
  // One flow alone is laid out by itself, closely: where things were dragged to holds for the whole.
  const isNarrow = useIsNarrow();
  const isPart = filters.flow !== undefined;
  const scene = useScene(graph, byId, isPart ? NONE : moved, view);
  const chosen = graph.nodes.find((node) => node.id === filters.step);

  const toggle = (kind: EdgeKind) => {
    const next = new Set(hidden);
    if (!next.delete(kind)) next.add(kind);
    set({ hide: [...next].join(',') || 'none' });
  };
  return (
    <Page
      title="Flow"
      actions={<Tools />}
      filters={
        <>
          <SearchField label="Find a step" value={filters.q ?? ''} onChange={(q) => set({ q })} />
          <Select
            label="Flow"
            value={filters.flow ?? ''}
            onChange={(flow) => set({ flow })}
            options={[['', 'All flows'], ...flows.map((flow) => [flow, flow] as const)]}
          />
          {flows.length > 0 && (
            <label className="flex items-center gap-1.5 text-sm">
              <input
                type="checkbox"
                checked={isGrouped}
                onChange={() => set({ group: isGrouped ? 'off' : undefined })}
              />
              Group by flow
            </label>
          )}
          <span className="text-sm text-muted" role="status">
            {view.text === ''
              ? counted(scene.inside.size, 'node')
              : `${scene.found.length} of ${scene.inside.size} found`}
          </span>
          {isMoved && !isPart && (
            <Button look="quiet" onClick={reset} title="Forget where things were dragged to">
              <RotateCcw size={14} aria-hidden /> Reset positions
            </Button>
          )}
        </>
      }
    >
      <Loads value={loads}>
        <div className="relative flex min-h-0 flex-1">
          <Canvas
            scene={scene}
            isGrouped={isGrouped}
            chosen={filters.step}
            mayMove={!isPart}
            covered={isNarrow ? PANEL_PX : 0}
            fitKey={`${filters.flow}|${filters.q}|${isGrouped}|${graph.nodes.length}`}
            choose={(step) => set({ step })}
            chooseFlow={(flow) => set({ flow }, { push: true })}
            drop={drop}
          />
          {chosen !== undefined && (
            <StepPanel key={chosen.id} node={chosen} graph={graph} close={() => set({ step: undefined })} />
          )}
        </div>
        <Legend wires={scene.wires} hidden={hidden} toggle={toggle} />
      </Loads>
    </Page>
  );
}

/** Where nodes were dragged to: shown at once, kept by the engine for whoever may. */
function usePositions(graph: Graph) {
  const [own, setOwn] = useState<Record<string, Position> | undefined>(undefined);
  const mayOperate = useMayOperate();
  const keep = useAct(setPositions, ['/v1/graph']);
  const put = (next: Record<string, Position>) => {
    setOwn(next);
    if (mayOperate) keep.mutate(next, { onError: sayFailure });
  };
  const moved = own ?? graph.positions;
  return {
    moved,
    isMoved: Object.keys(moved).length > 0,
    drop: (change: Record<string, Position>) => put({ ...moved, ...change }),
    reset: () => put({}),
  };
}

/** In a narrow window the panel lies over the graph. */
const PANEL_PX = 340;
const NONE: Record<string, Position> = {};
