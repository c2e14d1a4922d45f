/** Replays a member of an instance, with the payload that it had or another. */
import { PencilLine, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { get, send } from '../../api/client';
import { useAct } from '../../api/queries';
import { ActButton } from '../../components/ActButton';
import { PayloadDialog } from '../../components/PayloadDialog';
import { say, sayFailure } from '../../components/Toasts';
import { CHANGED } from './CancelInstance';
import type { Member } from './instance';

export function MemberActs({ instance, member }: { instance: string; member: Member }) {
  const [edited, setEdited] = useState<{ payload: unknown } | null>(null);
  const replay = useAct(
    (body: { payload?: unknown }) =>
      send('post', '/v1/instances/{instance}/members/{step}/replay', {
        params: { instance, step: member.step },
        body,
      }),
    CHANGED,
  );
  const done = ({ run }: { run: string }) => {
    setEdited(null);
    say(`Replayed ${member.step} as run ${run}.`);
  };
  const edit = async () => {
    try {
      // What is hidden on the screen must not be sent as its placeholder.
      const whole =
        member.run === null
          ? { payload: {} }
          : await get('/v1/runs/{run}', { params: { run: member.run }, query: { raw: true } });
      setEdited({ payload: whole.payload });
    } catch (error) {
      sayFailure(error);
    }
  };
  return (
    <span className="inline-flex gap-1.5">
      <ActButton
        isBusy={replay.isPending}
        className="py-0.5"
        title="A new run of this step; what was skipped because of it goes on"
        onClick={() => replay.mutate({}, { onSuccess: done, onError: sayFailure })}
      >
        <RotateCcw size={13} aria-hidden /> Replay
      </ActButton>
      <ActButton className="py-0.5" title="Replay it with another payload" onClick={() => void edit()}>
        <PencilLine size={13} aria-hidden /> Edit
      </ActButton>
      {edited !== null && (
        <PayloadDialog
          title={`Replay ${member.step} with another payload`}
          verb="Replay"
          value={edited.payload}
          close={() => setEdited(null)}
          send={async (payload) => done(await replay.mutateAsync({ payload }))}
        />
      )}
    </span>
  );
}
