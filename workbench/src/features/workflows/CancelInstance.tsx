/** Ends a running instance by hand. */
import { Ban } from 'lucide-react';
import { useState } from 'react';
import { send } from '../../api/client';
import { useAct } from '../../api/queries';
import { ActButton } from '../../components/ActButton';
import { Confirm } from '../../components/Confirm';
import { say, sayFailure } from '../../components/Toasts';
import type { Instance } from './instance';

export const CHANGED = ['/v1/instances', '/v1/instances/{instance}', '/v1/workflows', '/v1/runs'] as const;

export function CancelInstance({ instance }: { instance: Instance }) {
  const [isAsking, setAsking] = useState(false);
  const cancel = useAct(
    () => send('post', '/v1/instances/{instance}/cancel', { params: { instance: instance.id } }),
    CHANGED,
  );
  if (instance.state !== 'running') return null;
  return (
    <>
      <ActButton look="danger" isBusy={cancel.isPending} onClick={() => setAsking(true)}>
        <Ban size={14} aria-hidden /> Cancel
      </ActButton>
      {isAsking && (
        <Confirm
          title={`Cancel this instance of ${instance.workflow}?`}
          verb="Cancel the instance"
          isBusy={cancel.isPending}
          close={() => setAsking(false)}
          onConfirm={() =>
            cancel.mutate(undefined, {
              onSuccess: () => say('The instance is cancelled.'),
              onError: sayFailure,
              onSettled: () => setAsking(false),
            })
          }
        >
          <p>What waits is cancelled, and what runs is asked to stop. Members that have completed stay as they are.</p>
          {instance.on_failure !== null && <p>{instance.on_failure} is not triggered.</p>}
        </Confirm>
      )}
    </>
  );
}
