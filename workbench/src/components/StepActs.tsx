/** What can be done with a step: run it with a payload, pause it, go on. */
import { Pause, Play, Send } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { type StepView, setPaused } from '../api/catalog';
import { send } from '../api/client';
import { useAct } from '../api/queries';
import { exampleOf } from '../lib/example';
import { segment } from '../lib/location';
import { ActButton } from './ActButton';
import { Dialog } from './Dialog';
import { RunLink, TraceLink } from './Ids';
import { PayloadDialog } from './PayloadDialog';
import { TraceRuns } from './RunRows';
import { say, sayFailure } from './Toasts';

const CHANGED = ['/v1/steps', '/v1/steps/{step}', '/v1/queues', '/v1/cron'] as const;

interface Made {
  runId: string;
  traceId: string;
}

export function StepActs({ step }: { step: StepView }) {
  const [isWriting, setWriting] = useState(false);
  const [made, setMade] = useState<Made | undefined>(undefined);
  const pause = useAct((isPaused: boolean) => setPaused(step.id, isPaused), CHANGED);
  const fire = useAct(() => send('post', '/v1/cron/{step}/run', { params: { step: step.id } }), ['/v1/cron']);
  return (
    <>
      {step.kind === 'api' && (
        <Link
          href={`/endpoints/${segment(step.id)}`}
          className="inline-flex items-center gap-1.5 whitespace-nowrap rounded-md border border-line bg-panel px-2.5 py-1 text-sm hover:bg-raised"
        >
          <Send size={14} aria-hidden /> Send a request
        </Link>
      )}
      {step.kind === 'cron' && (
        <ActButton
          isBusy={fire.isPending}
          onClick={() => fire.mutate(undefined, { onSuccess: (run) => setMade(run as Made), onError: sayFailure })}
        >
          <Play size={14} aria-hidden /> Run now
        </ActButton>
      )}
      {(step.kind === 'event' || step.kind === 'noop') && (
        <ActButton onClick={() => setWriting(true)}>
          <Play size={14} aria-hidden /> Trigger
        </ActButton>
      )}
      {step.kind !== 'api' && (
        <ActButton
          isBusy={pause.isPending}
          onClick={() =>
            pause.mutate(!step.is_paused, {
              onSuccess: () => say(step.is_paused ? `${step.id} goes on.` : `${step.id} is paused: its runs wait.`),
              onError: sayFailure,
            })
          }
        >
          {step.is_paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
          {step.is_paused ? 'Resume' : 'Pause'}
        </ActButton>
      )}
      {isWriting && (
        <PayloadDialog
          title={`Trigger ${step.id}`}
          verb="Trigger"
          value={exampleOf(step.schema)}
          close={() => setWriting(false)}
          send={async (payload) => {
            const accepted = await send('post', '/v1/trigger', { body: { target: step.id, payload } });
            setWriting(false);
            setMade(accepted as Made);
          }}
        >
          <p className="text-sm text-muted">
            {step.schema ? 'An example of its schema, to edit.' : 'It has no schema: any JSON value will do.'}
          </p>
        </PayloadDialog>
      )}
      {made !== undefined && <MadeDialog step={step.id} made={made} close={() => setMade(undefined)} />}
    </>
  );
}

/** What became of it, as it happens. */
function MadeDialog({ step, made, close }: { step: string; made: Made; close: () => void }) {
  return (
    <Dialog title={`${step} was triggered`} isOpen close={close} isWide>
      <p className="mb-2 flex flex-wrap items-center gap-3 text-sm">
        <span>
          Run <RunLink id={made.runId} />
        </span>
        <span>
          Trace <TraceLink id={made.traceId} />
        </span>
      </p>
      <div className="rounded-md border border-line">
        <TraceRuns trace={made.traceId} />
      </div>
    </Dialog>
  );
}
