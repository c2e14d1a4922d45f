/** For a project in which nothing has run: where it listens and what to send it. */
import { Link } from 'wouter';
import { type StepView, useStepList } from '../../api/catalog';
import type { Schemas } from '../../api/client';
import { StepLink } from '../../components/Ids';
import { CopyButton } from '../../components/Json';
import { Panel } from '../../components/Page';
import { exampleOf } from '../../lib/example';
import { curlOf } from './curl';

const SHOWN = 3;

export function FirstSteps({ status }: { status: Schemas['StatusView'] }) {
  const steps = useStepList() ?? [];
  const api = status.addresses.api ?? '';
  const endpoints = steps.filter((step) => step.kind === 'api' && step.method && step.path);
  const events = steps.filter((step) => step.kind === 'event');
  return (
    <Panel title="Nothing has run yet">
      <div className="flex flex-col gap-4 p-4 text-sm">
        {steps.length === 0 ? (
          <p>
            No step is loaded. Put a file into <code className="font-mono">motia/steps</code>; it is loaded when it is
            saved.
          </p>
        ) : (
          <p>
            The API listens at{' '}
            <a href={api} className="font-mono text-accent hover:underline">
              {api}
            </a>
            . Send something, and it appears here at once.
          </p>
        )}
        {endpoints.slice(0, SHOWN).map((step) => (
          <Command
            key={step.id}
            step={step.id}
            line={curlOf(api, step.method ?? 'GET', step.path ?? '/', bodyOf(step))}
          />
        ))}
        {endpoints.length > 0 && (
          <p className="text-muted">
            Or without leaving the browser:{' '}
            <Link href="/endpoints" className="text-accent hover:underline">
              Endpoints
            </Link>
          </p>
        )}
        {endpoints.length === 0 &&
          events
            .slice(0, SHOWN)
            .map((step) => (
              <Command
                key={step.id}
                step={step.id}
                line={`motia trigger ${step.id} '${JSON.stringify(exampleOf(step.schema)).replaceAll("'", `'\\''`)}'`}
              />
            ))}
      </div>
    </Panel>
  );
}

/** The schema of the body that an api step takes, if it takes one. */
function bodyOf(step: StepView): unknown {
  return (step as { request?: { body?: unknown } | null }).request?.body;
}

function Command({ step, line }: { step: string; line: string }) {
  return (
    <div>
      <div className="mb-1 flex items-center gap-2">
        <StepLink id={step} />
        <CopyButton text={() => line} />
      </div>
      <pre className="overflow-x-auto rounded-md border border-line bg-page px-3 py-2 font-mono text-[13px]">
        {line}
      </pre>
    </div>
  );
}
