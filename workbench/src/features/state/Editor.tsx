/** A value as text: saved only over the version that was seen. */

import type { Schemas } from '../../api/client';
import { ActButton } from '../../components/ActButton';
import { Button } from '../../components/Button';
import { CodeEditor } from '../../components/CodeEditor';
import { say, sayFailure } from '../../components/Toasts';
import { printJson } from '../../lib/exact';
import { CHANGES_MAX } from './diff';
import { type Draft, useDraft } from './useDraft';

export function Editor({
  entry,
  isGone,
  reread,
  close,
}: {
  entry: Schemas['EntryView'];
  /** It was deleted meanwhile; `entry` is what it was. */
  isGone: boolean;
  reread: () => unknown;
  close: () => void;
}) {
  const draft = useDraft(entry, { isGone, reread });
  const reason =
    draft.fault !== undefined
      ? `This is no JSON: ${draft.fault}`
      : !draft.isDirty
        ? 'Nothing was changed.'
        : draft.newer !== undefined || draft.isDeleted
          ? 'It was changed meanwhile: choose first.'
          : undefined;
  const save = () =>
    draft.save({
      onSaved: (saved) => {
        say(`Saved ${saved.group}/${saved.key} as version ${saved.version}.`);
        close();
      },
      onFailed: sayFailure,
    });
  return (
    <>
      {draft.isDeleted && (
        <div role="alert" className="flex flex-col gap-2 border-b border-line bg-warn-soft p-3 text-sm">
          <p className="font-medium text-warn">It was deleted while you were editing.</p>
          <div className="flex gap-2">
            <Button onClick={close}>Leave it deleted</Button>
            <Button onClick={draft.keepMine}>Keep mine</Button>
          </div>
        </div>
      )}
      {draft.newer !== undefined && <Newer draft={draft} newer={draft.newer} />}
      <div className="flex min-h-40 flex-1 flex-col overflow-hidden">
        <CodeEditor label={`Value of ${entry.key}`} value={draft.text} language="json" onChange={draft.type} />
      </div>
      {draft.fault !== undefined && (
        <p role="alert" className="border-t border-line px-3 py-1.5 text-xs text-bad">
          {draft.fault}
        </p>
      )}
      <div className="flex gap-2 border-t border-line p-3">
        <ActButton look="primary" isBusy={draft.isSaving} reason={reason} onClick={save}>
          Save
        </ActButton>
        <Button onClick={close}>{draft.isDirty ? 'Discard' : 'Close'}</Button>
      </div>
    </>
  );
}

function Newer({ draft, newer }: { draft: Draft; newer: NonNullable<Draft['newer']> }) {
  const { changes, entry } = newer;
  return (
    <div role="alert" className="flex flex-col gap-2 border-b border-line bg-warn-soft p-3 text-sm">
      <p className="font-medium text-warn">
        It was changed while you were editing: it has version {entry.version} now.
      </p>
      <ul className="max-h-40 overflow-auto font-mono text-xs">
        {changes.map((change) => (
          <li key={change.path} className="break-words">
            {change.path === '' ? 'the value' : change.path}{' '}
            {change.kind === 'added' ? 'is new: ' : change.kind === 'removed' ? 'is gone, was ' : 'is now '}
            {change.kind === 'removed' ? short(change.before) : short(change.after)}
            {change.kind === 'changed' && <span className="text-muted">, was {short(change.before)}</span>}
          </li>
        ))}
        {changes.length === CHANGES_MAX && <li>and more</li>}
        {changes.length === 0 && <li>the value is the same</li>}
      </ul>
      <div className="flex gap-2">
        <Button onClick={draft.takeTheirs}>Take theirs</Button>
        <Button onClick={draft.keepMine}>Keep mine</Button>
      </div>
    </div>
  );
}

function short(value: unknown): string {
  const text = value === undefined ? 'nothing' : printJson(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
