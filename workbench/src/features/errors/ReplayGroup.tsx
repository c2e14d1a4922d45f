/** Replays the dead runs of a kind of failure: those that it was the last of. */
import { BulkDialog } from '../../components/BulkDialog';
import type { ErrorGroup } from './ErrorList';

export function ReplayGroup({ group, close }: { group: ErrorGroup; close: () => void }) {
  return (
    <BulkDialog
      title={`Replay dead runs of ${group.step}`}
      verb="Replay"
      past="Replayed"
      task={{ path: '/v1/runs/replay', where: { fingerprint: group.fingerprint, state: ['dead'] } }}
      close={close}
    >
      <p>
        Each dead run of <strong>{group.step}</strong> that this failure was the last of runs again, as a new run. The
        dead ones stay.
      </p>
    </BulkDialog>
  );
}
