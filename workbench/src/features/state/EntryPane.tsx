/** One key: its value as a tree or as text to edit. */

import { Eye, EyeOff, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { send } from '../../api/client';
import { useAct, useApi } from '../../api/queries';
import { useMayOperate, VIEW_ONLY } from '../../api/session';
import { ActButton } from '../../components/ActButton';
import { Button } from '../../components/Button';
import { Confirm } from '../../components/Confirm';
import { CopyButton, Json } from '../../components/Json';
import { Empty, Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { say, sayFailure } from '../../components/Toasts';
import { printJson } from '../../lib/exact';
import { bytes, count } from '../../lib/format';
import { CHANGES, concernsKey } from './changed';
import { Editor } from './Editor';

export function EntryPane({ group, name, close }: { group: string; name: string; close: () => void }) {
  const params = { group, key: name };
  const [isShown, setShown] = useState(false);
  const [isEditing, setEditing] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const mayOperate = useMayOperate();
  const found = useApi('/v1/state/{group}/{key}', {
    params,
    ...(isShown ? { query: { raw: true } } : {}),
    live: CHANGES,
    fits: (item) => concernsKey(item, group, name),
    everyMs: 150,
  });
  const remove = useAct(
    () => send('delete', '/v1/state/{group}/{key}', { params }),
    ['/v1/state', '/v1/state/{group}'],
  );
  // While it asks for the whole value, the masked one still stands here.
  const entry = found.data;
  const isHidden = entry?.redacted === true;
  const isGone = found.error?.status === 404;
  // Who edits keeps what was typed when the key is deleted meanwhile.
  const isShowing = entry !== undefined && (!isGone || isEditing);
  return (
    <aside
      aria-label={`${group}/${name}`}
      className="flex min-h-0 w-[440px] shrink-0 flex-col border-l border-line bg-panel max-lg:w-full max-lg:flex-1 max-lg:border-l-0 max-lg:border-t"
    >
      <div className="flex items-center gap-2 border-b border-line px-3 py-2">
        <h2 className="min-w-0 truncate font-mono text-[13px] font-medium" title={`${group}/${name}`}>
          {name}
        </h2>
        {entry !== undefined && !isGone && <CopyButton text={() => printJson(entry.value, 2)} />}
        <button
          type="button"
          aria-label="Close"
          onClick={close}
          className="ml-auto rounded p-1 text-muted hover:bg-raised"
        >
          <X size={16} aria-hidden />
        </button>
      </div>
      {found.isPending && <Loading what="the value" />}
      {isGone && !isEditing && <Empty title="This key is not there.">It was deleted, or nobody has set it yet.</Empty>}
      {found.error !== null && !isGone && <Failed error={found.error} retry={() => void found.refetch()} />}
      {isShowing && (
        <>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-3 py-1.5 text-xs text-muted">
            <span>version {count(entry.version)}</span>
            <span>
              changed <Time at={entry.updated_at} />
            </span>
            <span>{bytes(new TextEncoder().encode(printJson(entry.value)).length)}</span>
            {(isHidden || isShown) && !isEditing && (
              <button
                type="button"
                disabled={!mayOperate}
                title={mayOperate ? undefined : VIEW_ONLY}
                onClick={() => {
                  setShown(!isShown);
                  setEditing(false);
                }}
                className="ml-auto inline-flex items-center gap-1 text-accent disabled:text-muted"
              >
                {isShown ? <EyeOff size={13} aria-hidden /> : <Eye size={13} aria-hidden />}
                {isShown ? 'Hide secrets' : 'Show secrets'}
              </button>
            )}
          </div>
          {isEditing ? (
            <Editor entry={entry} isGone={isGone} reread={found.refetch} close={() => setEditing(false)} />
          ) : (
            <>
              <div className="min-h-0 flex-1 overflow-auto p-3">
                <Json value={entry.value} />
              </div>
              <div className="flex gap-2 border-t border-line p-3">
                <ActButton
                  look="primary"
                  reason={isHidden ? 'Show its secrets first: what is hidden must not be written back.' : undefined}
                  onClick={() => setEditing(true)}
                >
                  Edit
                </ActButton>
                <ActButton look="danger" className="ml-auto" onClick={() => setDeleting(true)}>
                  <Trash2 size={14} aria-hidden /> Delete…
                </ActButton>
              </div>
            </>
          )}
        </>
      )}
      {isGone && !isEditing && (
        <div className="px-3">
          <Button onClick={close}>Close</Button>
        </div>
      )}
      {isDeleting && (
        <Confirm
          title="Delete a key"
          verb="Delete"
          isBusy={remove.isPending}
          close={() => setDeleting(false)}
          onConfirm={() =>
            remove.mutate(undefined, {
              onSuccess: ({ deleted }) => {
                say(deleted ? `Deleted ${group}/${name}.` : `${group}/${name} was gone already.`);
                close();
              },
              onError: sayFailure,
            })
          }
        >
          <p>
            <code>
              {group}/{name}
            </code>{' '}
            is deleted, whatever its value is by then. This cannot be undone.
          </p>
        </Confirm>
      )}
    </aside>
  );
}
