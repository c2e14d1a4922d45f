/** A key that is not there yet. */

import { useState } from 'react';
import { send } from '../../api/client';
import { useAct } from '../../api/queries';
import { ActButton } from '../../components/ActButton';
import { Button } from '../../components/Button';
import { CodeEditor } from '../../components/CodeEditor';
import { Dialog } from '../../components/Dialog';
import { TextField } from '../../components/Inputs';
import { say, sayFailure } from '../../components/Toasts';
import { parseJson } from '../../lib/exact';

export function NewKey({
  group,
  close,
  open,
}: {
  group: string;
  close: () => void;
  open: (key: string, group: string) => void;
}) {
  const [into, setInto] = useState(group);
  const [key, setKey] = useState('');
  const [text, setText] = useState('{}');
  const add = useAct(
    // Version 0: only if nobody has set it.
    () =>
      send('put', '/v1/state/{group}/{key}', {
        params: { group: into, key },
        body: { value: parseJson(text), version: 0 },
      }),
    ['/v1/state', '/v1/state/{group}', '/v1/state/{group}/{key}'],
  );
  const reason =
    into === '' ? 'Name its group.' : key === '' ? 'Name the key.' : isJson(text) ? undefined : 'The value is no JSON.';
  return (
    <Dialog title="New key" isOpen close={close}>
      <div className="flex flex-col gap-3">
        <TextField label="Group" value={into} onChange={(event) => setInto(event.target.value)} />
        <TextField label="Key" value={key} onChange={(event) => setKey(event.target.value)} />
        <div className="flex flex-col gap-1">
          <span className="text-xs text-muted">Value, as JSON</span>
          <div className="flex h-40 flex-col overflow-hidden rounded-md border border-line">
            <CodeEditor label="Value" value={text} language="json" onChange={setText} />
          </div>
        </div>
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <ActButton
            look="primary"
            isBusy={add.isPending}
            reason={reason}
            onClick={() =>
              add.mutate(undefined, {
                onSuccess: () => {
                  say(`Set ${into}/${key}.`);
                  close();
                  open(key, into);
                },
                onError: sayFailure,
              })
            }
          >
            Set
          </ActButton>
        </div>
      </div>
    </Dialog>
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
