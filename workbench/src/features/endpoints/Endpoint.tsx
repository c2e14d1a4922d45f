/** One endpoint: the request on the left, what came of it on the right, its description below. */
import { Square } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { StepView } from '../../api/catalog';
import { useApi } from '../../api/queries';
import { ActButton } from '../../components/ActButton';
import { Button } from '../../components/Button';
import { SourceLink } from '../../components/Ids';
import { CopyButton } from '../../components/Json';
import { Method } from '../../components/Kind';
import { Panel } from '../../components/Page';
import { Failed } from '../../components/States';
import { StepSchemas } from '../../components/StepParts';
import { segment } from '../../lib/location';
import { Answer } from './Answer';
import { Builder } from './Builder';
import { curlOf, type Draft, draftOf, emptyParams, type Problem, problemsOf, requestOf } from './draft';
import { remember } from './history';
import { Sent } from './Sent';
import { useRequest } from './useRequest';

export function Endpoint({ step }: { step: StepView }) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(step));
  const { answer, error, isBusy, send, stop } = useRequest();
  const status = useApi('/v1/status');
  const request = requestOf(step, draft);
  const found = useMemo(() => (answer === undefined ? [] : problemsOf(answer)), [answer]);
  const [wasTried, setTried] = useState(false);
  const empty = emptyParams(step, draft);
  const problems = wasTried ? [...empty.map(wanting), ...found] : found;
  const form = useRef<HTMLDivElement>(null);

  const go = (used: Draft = draft) => {
    const [first] = emptyParams(step, used);
    setTried(first !== undefined);
    if (first !== undefined) {
      form.current?.querySelector<HTMLInputElement>(`[aria-label="Path parameter ${first}"]`)?.focus();
      return;
    }
    send(requestOf(step, used), ({ status: code, duration_ms, trace }) =>
      remember({ at: Date.now(), step: step.id, draft: used, status: code, duration_ms, trace }),
    );
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Ctrl-Enter sends from anywhere inside
    <div
      ref={form}
      className="min-w-0 flex-1 overflow-y-auto"
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || isBusy) return;
        event.preventDefault();
        go();
      }}
    >
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-panel px-4 py-2.5">
        <Method method={step.method ?? ''} />
        <h2 className="break-all font-mono text-[15px] font-semibold">{step.path}</h2>
        <Link href={`/steps/${segment(step.id)}`} className="text-sm text-accent hover:underline">
          {step.id}
        </Link>
        <SourceLink step={step.id} file={step.source.file} line={step.source.line} />
        {step.description && <p className="w-full text-sm text-muted">{step.description}</p>}
      </header>
      <div className="grid items-start gap-4 p-4 min-[1200px]:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <Panel
            title="Request"
            actions={
              <>
                <CopyButton
                  text={() => curlOf(request, status.data?.addresses.api ?? 'http://localhost:3001')}
                  label="Copy as curl"
                />
                {isBusy && (
                  <Button onClick={stop} title="End the request; its step is told">
                    <Square size={13} aria-hidden /> Stop
                  </Button>
                )}
                <ActButton look="primary" isBusy={isBusy} onClick={() => go()} title="Send (Ctrl-Enter)">
                  Send
                </ActButton>
              </>
            }
          >
            <Builder step={step} draft={draft} change={setDraft} problems={problems} />
          </Panel>
          <Sent step={step.id} load={setDraft} again={go} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          {error !== null ? <Failed error={error} /> : <Answer answer={answer} problems={problems} isBusy={isBusy} />}
          <Panel title="Schemas">
            <StepSchemas step={step} />
          </Panel>
        </div>
      </div>
    </div>
  );
}

function wanting(name: string): Problem {
  return { where: 'params', path: `/${name}`, message: 'needs a value: the path is another one without it' };
}
