/** The chosen step beside the graph: what it is, how it does, its last runs. */
import { Code, X } from 'lucide-react';
import { type ReactNode, useContext } from 'react';
import { Link } from 'wouter';
import { type Graph, type GraphNode, useStep } from '../../api/catalog';
import { StepLink } from '../../components/Ids';
import { KindWord } from '../../components/Kind';
import { Prose } from '../../components/Prose';
import { RecentRuns } from '../../components/RunRows';
import { Failed, Loading } from '../../components/States';
import { StepActs } from '../../components/StepActs';
import { StepIdentity, StepOptions, StepSchemas, StepWiring } from '../../components/StepParts';
import { count } from '../../lib/format';
import { linkTo, segment } from '../../lib/location';
import { IDLE } from './live';
import { Loads } from './StepNode';

export function StepPanel({ node, graph, close }: { node: GraphNode; graph: Graph; close: () => void }) {
  return (
    <aside
      aria-label={`Step ${node.id}`}
      className="flex w-[400px] shrink-0 flex-col overflow-y-auto border-l border-line bg-panel max-[1000px]:absolute max-[1000px]:inset-y-0 max-[1000px]:right-0 max-[1000px]:z-10 max-[1000px]:w-[340px] max-[1000px]:shadow-xl"
    >
      <div className="sticky top-0 z-10 flex items-center gap-2 border-b border-line bg-panel px-3 py-2">
        <h2 className="min-w-0 truncate font-semibold">
          {node.kind === 'parked' ? node.id : <StepLink id={node.id} />}
        </h2>
        <button
          type="button"
          aria-label="Close"
          title="Close (Esc)"
          onClick={close}
          className="ml-auto rounded p-1 text-muted hover:bg-raised"
        >
          <X size={16} aria-hidden />
        </button>
      </div>
      {node.kind === 'parked' ? <Parked node={node} graph={graph} /> : <Step id={node.id} graph={graph} />}
    </aside>
  );
}

function Step({ id, graph }: { id: string; graph: Graph }) {
  const { data, error, refetch } = useStep(id);
  const load = useContext(Loads).get(id) ?? IDLE;
  if (error !== null) return <Failed error={error} retry={() => refetch()} />;
  if (data === undefined || data.step.id !== id) return <Loading what="the step" />;
  const { step } = data;
  const topics = data.subscribers_of.filter((name) => name !== id);
  return (
    <>
      <div className="flex flex-col gap-2.5 p-3">
        {step.description && (
          <p className="whitespace-pre-wrap text-sm">
            <Prose text={step.description} />
          </p>
        )}
        <StepIdentity step={step} />
        <div className="flex flex-wrap items-center gap-2">
          <Link
            href={linkTo(`/steps/${segment(id)}`, { tab: 'source', line: String(step.source.line) })}
            className="inline-flex items-center gap-1.5 rounded-md border border-line px-2.5 py-1 text-sm hover:bg-raised"
          >
            <Code size={14} aria-hidden /> Source
          </Link>
          <StepActs step={step} />
        </div>
        <p className="text-sm tabular-nums">
          {count(load.running)} running · {count(load.waiting)} waiting · {count(load.done)} done and{' '}
          <span className={load.errors > 0 ? 'font-medium text-bad' : ''}>{count(load.errors)} failed</span> in 15 min
          {step.is_paused && <span className="font-medium text-warn"> · paused</span>}
        </p>
      </div>
      {step.kind !== 'api' && (
        <Part title="Recent runs">
          <RecentRuns step={id} limit={6} />
        </Part>
      )}
      <Part title="Wiring">
        <StepWiring id={id} graph={graph} topics={topics} />
      </Part>
      <Part title="Schema">
        <StepSchemas step={step} />
      </Part>
      <Part title="Options">
        <div className="p-3">
          <StepOptions step={step} />
        </div>
      </Part>
    </>
  );
}

function Parked({ node, graph }: { node: GraphNode; graph: Graph }) {
  return (
    <>
      <div className="flex flex-col gap-2 p-3 text-sm">
        <KindWord kind="parked" />
        <p>
          No step has this id or subscribes to this topic.{' '}
          {node.parked > 0
            ? `${count(node.parked)} events wait for it; they run as soon as a step handles it.`
            : 'An event sent to it would be parked until a step handles it.'}
        </p>
        {node.parked > 0 && (
          <Link href={linkTo('/runs', { state: 'parked' })} className="text-accent hover:underline">
            Parked events
          </Link>
        )}
      </div>
      <Part title="Wiring">
        <StepWiring id={node.id} graph={graph} topics={[]} />
      </Part>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="border-t border-line">
      <h3 className="bg-raised px-3 py-1 text-xs font-semibold">{title}</h3>
      {children}
    </section>
  );
}
