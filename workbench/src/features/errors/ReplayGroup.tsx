/** Replays the dead runs of a kind of failure: those of its step whose payload or error has a text. */
import { useState } from 'react';
import { BulkDialog } from '../../components/BulkDialog';
import { SearchField } from '../../components/Inputs';
import type { ErrorGroup } from './ErrorList';

export function ReplayGroup({ group, close }: { group: ErrorGroup; close: () => void }) {
  const [text, setText] = useState(group.name);
  return (
    <BulkDialog
      title={`Replay dead runs of ${group.step}`}
      verb="Replay"
      past="Replayed"
      task={{ path: '/v1/dead/replay', where: { step: group.step, ...(text === '' ? {} : { text }) } }}
      close={close}
    >
      <p>
        Each dead run of <strong>{group.step}</strong> whose error or payload has this text runs again, as a new run.
        The dead ones stay.
      </p>
      <SearchField label="Text in error or payload" value={text} onChange={setText} />
    </BulkDialog>
  );
}
