/** Flows: names that steps share. They group and order nothing. */
import { GitFork } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { Link } from 'wouter';
import { useGraph, useSteps } from '../../api/catalog';
import { useApi } from '../../api/queries';
import { Page } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { linkTo } from '../../lib/location';
import { FlowDetail } from './FlowDetail';
import { FlowList } from './FlowList';
import { flowsOf } from './flows';

const ALL = '/workflows/flows';

export function Flows({ name, tabs }: { name: string | undefined; tabs: ReactNode }) {
  const steps = useSteps({ live: ['manifest', 'step', 'run'], everyMs: 500 });
  const graph = useGraph();
  const metrics = useApi('/v1/metrics', {
    query: { window_s: 3_600, part_s: 300 },
    live: ['run', 'request'],
    everyMs: 4_000,
  });
  const flows = useMemo(() => flowsOf(steps.data?.steps ?? [], graph.data), [steps.data, graph.data]);
  const chosen = flows.find((flow) => flow.name === name);
  const byStep = useMemo(() => new Map(metrics.data?.metrics.map((one) => [one.step, one])), [metrics.data]);
  return (
    <Page
      title={name === undefined ? 'Workflows' : `Flow ${name}`}
      actions={
        <>
          {name !== undefined && (
            <Link href={ALL} className="text-sm text-accent hover:underline">
              All flows
            </Link>
          )}
          <Link
            href={linkTo('/flow', { flow: name })}
            className="inline-flex items-center gap-1.5 rounded-md border border-line px-2.5 py-1 text-sm hover:bg-raised"
          >
            <GitFork size={14} aria-hidden /> As a graph
          </Link>
        </>
      }
    >
      {name === undefined && tabs}
      {steps.error !== null ? (
        <Failed error={steps.error} retry={() => steps.refetch()} />
      ) : steps.data === undefined ? (
        <Loading what="flows" />
      ) : name !== undefined ? (
        chosen === undefined ? (
          <Empty title={`No step names the flow ${name}.`}>
            <Link href={ALL} className="text-accent hover:underline">
              All flows
            </Link>
          </Empty>
        ) : (
          <FlowDetail key={name} flow={chosen} metrics={byStep} />
        )
      ) : flows.length === 0 ? (
        <Empty title="No step names a flow.">
          <HowTo />
        </Empty>
      ) : (
        <>
          <p className="border-b border-line bg-panel px-4 py-2 text-sm text-muted">
            <HowTo />
          </p>
          <FlowList flows={flows} metrics={byStep} />
        </>
      )}
    </Page>
  );
}

function HowTo() {
  return (
    <>
      A flow is a name that steps share: <code className="font-mono">flows=["orders"]</code> in Python,{' '}
      <code className="font-mono">flows: ['orders']</code> in JavaScript, TypeScript and Ruby. It groups what is shown
      and orders nothing: steps run as they trigger each other.
    </>
  );
}
