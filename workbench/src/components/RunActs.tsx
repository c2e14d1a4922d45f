/** What can be done with one run: cancel, replay, replay with another payload, complete by hand. */
import { Ban, Check, PencilLine, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { get, type RunView, send } from '../api/client';
import { useAct } from '../api/queries';
import { useMayOperate } from '../api/session';
import { isFinal } from '../lib/states';
import { Button } from './Button';
import { PayloadDialog } from './PayloadDialog';
import { say, sayFailure } from './Toasts';

const CHANGED = ['/v1/runs', '/v1/runs/{run}', '/v1/runs/counts', '/v1/traces/{trace}'] as const;

export function RunActs({
  run,
  isNoop = false,
  onReplayed,
}: {
  run: Pick<RunView, 'id' | 'state' | 'step' | 'cancel_requested'>;
  isNoop?: boolean;
  /** Called with the new run, to follow it. */
  onReplayed: (accepted: { run: string; trace: string }) => void;
}) {
  const [edited, setEdited] = useState<{ payload: unknown } | null>(null);
  const [isCompleting, setCompleting] = useState(false);
  const mayOperate = useMayOperate();
  const params = { run: run.id };

  const cancel = useAct(() => send('post', '/v1/runs/{run}/cancel', { params }), CHANGED);
  const replay = useAct(
    (body: { payload?: unknown }) => send('post', '/v1/runs/{run}/replay', { params, body }),
    CHANGED,
  );
  const complete = useAct(
    (result: unknown) => send('post', '/v1/runs/{run}/complete', { params, body: { result } }),
    CHANGED,
  );
  const follow = (accepted: { runId: string; traceId: string }) => {
    setEdited(null);
    say(`Replayed ${run.step} as run ${accepted.runId}.`);
    onReplayed({ run: accepted.runId, trace: accepted.traceId });
  };
  const edit = async () => {
    try {
      // What is hidden on the screen must not be sent as its placeholder.
      const whole = await get('/v1/runs/{run}', { params, query: { raw: true } });
      setEdited({ payload: whole.payload });
    } catch (error) {
      sayFailure(error);
    }
  };

  if (!mayOperate) return null;
  return (
    <>
      {isFinal(run.state) ? (
        <>
          <Button
            disabled={replay.isPending}
            onClick={() => replay.mutate({}, { onSuccess: follow, onError: sayFailure })}
          >
            <RotateCcw size={14} aria-hidden /> Replay
          </Button>
          <Button onClick={() => void edit()}>
            <PencilLine size={14} aria-hidden /> Edit and replay
          </Button>
        </>
      ) : (
        <>
          {isNoop && run.state === 'ready' && (
            <Button look="primary" onClick={() => setCompleting(true)}>
              <Check size={14} aria-hidden /> Complete
            </Button>
          )}
          <Button
            look="danger"
            disabled={cancel.isPending || run.cancel_requested}
            onClick={() =>
              cancel.mutate(undefined, {
                onSuccess: (done) =>
                  say(done.state === 'cancelled' ? 'The run is cancelled.' : 'The run was asked to stop.'),
                onError: sayFailure,
              })
            }
          >
            <Ban size={14} aria-hidden /> {run.cancel_requested ? 'Stopping…' : 'Cancel'}
          </Button>
        </>
      )}
      {edited !== null && (
        <PayloadDialog
          title={`Replay ${run.step} with another payload`}
          verb="Replay"
          value={edited.payload}
          close={() => setEdited(null)}
          send={async (payload) => follow(await replay.mutateAsync({ payload }))}
        />
      )}
      {isCompleting && (
        <PayloadDialog
          title={`Complete ${run.step} by hand`}
          verb="Complete"
          value={null}
          close={() => setCompleting(false)}
          send={async (result) => {
            await complete.mutateAsync(result);
            setCompleting(false);
            say('The run is completed.');
          }}
        >
          <p className="text-sm text-muted">The result that whoever waits for this run gets, as JSON.</p>
        </PayloadDialog>
      )}
    </>
  );
}
