/** Asks before something is destroyed; with `word`, only who types it goes on. */
import { type ReactNode, useState } from 'react';
import { ActButton } from './ActButton';
import { Button } from './Button';
import { Dialog } from './Dialog';

export function Confirm({
  title,
  verb,
  word,
  isBusy = false,
  isDanger = true,
  reason,
  close,
  onConfirm,
  children,
}: {
  title: string;
  /** What the button says. */
  verb: string;
  /** What must be typed first. */
  word?: string | undefined;
  isBusy?: boolean;
  isDanger?: boolean;
  reason?: string | undefined;
  close: () => void;
  onConfirm: () => void;
  children: ReactNode;
}) {
  const [typed, setTyped] = useState('');
  const isReady = word === undefined || typed === word;
  return (
    <Dialog title={title} isOpen close={close}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !isBusy && reason === undefined) onConfirm();
        }}
      >
        <div className="flex flex-col gap-2 text-sm">{children}</div>
        {word !== undefined && (
          <label className="flex flex-col gap-1 text-sm">
            <span>
              Type <strong className="font-mono">{word}</strong> to go on
            </span>
            <input
              value={typed}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setTyped(event.target.value)}
              className="rounded-md border border-line bg-page px-2 py-1 font-mono text-sm"
            />
          </label>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <ActButton
            type="submit"
            look={isDanger ? 'danger' : 'primary'}
            isBusy={isBusy}
            reason={reason ?? (isReady ? undefined : `Type ${word} first.`)}
          >
            {verb}
          </ActButton>
        </div>
      </form>
    </Dialog>
  );
}
