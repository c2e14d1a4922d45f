/** A step on the canvas: kind by sign, word and outline, language, and how it does right now. */
import { Handle, type Node, type NodeProps, Position, useStore } from '@xyflow/react';
import { CirclePause, CircleX, LoaderCircle } from 'lucide-react';
import { createContext, memo, useContext } from 'react';
import { type GraphNode, languageOf } from '../../api/catalog';
import { KINDS, KindSign, LanguageSign } from '../../components/Kind';
import { count } from '../../lib/format';
import { NODE_HEIGHT, NODE_WIDTH } from '../../lib/layout';
import { IDLE, type Load, useLight } from './live';

/** Below this zoom a node shows its name only, large enough to be read. */
export const FAR_ZOOM = 0.6;

export interface StepData extends Record<string, unknown> {
  node: GraphNode;
  /** How it is reached: `POST /orders`, a schedule, topics. */
  reach: string;
  isDim: boolean;
  isMatch: boolean;
}
export type StepNodeType = Node<StepData, 'step'>;

export const Loads = createContext<ReadonlyMap<string, Load>>(new Map());

/** Kinds differ in outline as well, so that they are told apart without colour and from afar. */
const OUTLINES: Record<string, string> = {
  api: 'rounded border border-l-[6px]',
  event: 'rounded-[20px] border',
  cron: 'rounded border-[3px] border-double',
  noop: 'rounded border border-dashed',
  parked: 'rounded border-2 border-dotted',
};

export const StepNode = memo(function StepNode({ id, data, selected }: NodeProps<StepNodeType>) {
  const load = useContext(Loads).get(id) ?? IDLE;
  const light = useLight(id);
  const isFar = useStore((state) => state.transform[2] < FAR_ZOOM);
  const { node } = data;
  const look = [
    'flow-node flex h-full w-full flex-col justify-center bg-panel px-3.5',
    OUTLINES[node.kind] ?? OUTLINES.event,
    selected
      ? 'flow-chosen border-accent outline-2 outline-accent'
      : data.isMatch
        ? 'border-warn outline-2 outline-warn'
        : 'border-muted',
    data.isDim ? 'flow-dim' : '',
    light === 'off' ? '' : `flow-lit-${light}`,
  ].join(' ');
  return (
    <div className={look} style={{ width: NODE_WIDTH, height: NODE_HEIGHT }}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      {isFar ? <Far node={node} load={load} /> : <Near node={node} load={load} reach={data.reach} />}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
});

function Near({ node, load, reach }: { node: GraphNode; load: Load; reach: string }) {
  return (
    <>
      <div className="flex items-center gap-1.5">
        <KindSign kind={node.kind} size={16} />
        <span className="min-w-0 flex-1 truncate text-[15px] font-semibold leading-5" title={node.id}>
          {node.id}
        </span>
      </div>
      <div className="flex items-center gap-1.5 text-[12.5px] leading-[17px] text-muted">
        <span className="min-w-0 flex-1 truncate" title={reach}>
          <span className="font-medium">{KINDS[node.kind]?.word}</span>
          {reach !== '' && ` · ${reach}`}
        </span>
        {node.language !== '' && <LanguageSign language={languageOf(node)} />}
      </div>
      <div className="mt-0.5 flex h-[18px] items-center gap-2.5 text-[12.5px] tabular-nums">
        {load.running > 0 && (
          <span className="flex items-center gap-0.5 font-medium text-info">
            <LoaderCircle size={11} className="animate-spin" aria-hidden />
            {count(load.running)} running
          </span>
        )}
        {load.waiting > 0 && <span>{count(load.waiting)} wait</span>}
        {load.isPaused && <Paused />}
        {node.parked > 0 && <span className="font-medium text-warn">{count(node.parked)} parked</span>}
        <span className="ml-auto text-muted" title="finished in the last 15 minutes">
          {load.done > 0 && `${count(load.done)} done`}
        </span>
        {load.errors > 0 && <Errors many={load.errors} />}
      </div>
    </>
  );
}

function Far({ node, load }: { node: GraphNode; load: Load }) {
  return (
    <div className="flex items-center gap-2">
      <KindSign kind={node.kind} size={26} />
      <span className="line-clamp-2 min-w-0 flex-1 break-words text-[21px] font-semibold leading-[1.12]">
        {node.id}
      </span>
      <span className="flex shrink-0 flex-col items-end gap-0.5 text-[17px] font-medium tabular-nums">
        {load.running + load.waiting > 0 && <span className="text-info">{count(load.running + load.waiting)}</span>}
        {load.errors > 0 && <span className="text-bad">✕{count(load.errors)}</span>}
      </span>
    </div>
  );
}

function Paused() {
  return (
    <span className="flex items-center gap-0.5 font-medium text-warn">
      <CirclePause size={11} aria-hidden /> paused
    </span>
  );
}

function Errors({ many }: { many: number }) {
  return (
    <span
      className="flex items-center gap-0.5 rounded bg-bad-soft px-1 font-medium text-bad"
      title={`${count(many)} failed in the last 15 minutes`}
    >
      <CircleX size={11} aria-hidden />
      {count(many)}
    </span>
  );
}
