/** Shows which runs an act would touch before it is done, how far it is, and what failed. */
import { useState } from 'react';
import { count } from '../lib/format';
import { ActButton } from './ActButton';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { RunLink } from './Ids';
import { SearchedBack } from './SearchedBack';
import { StateBadge } from './StateBadge';
import { Failed, Loading } from './States';
import { Time } from './Time';
import { say } from './Toasts';
import { type Bulk, type BulkTask, type BulkView, useBulk } from './useBulk';

const SAMPLE = 8;

export function BulkDialog({
  title,
  verb,
  past,
  task,
  word,
  look = word === undefined ? 'primary' : 'danger',
  close,
  onDone,
  children,
}: {
  title: string;
  /** What the button says before the number of runs: `Replay`. */
  verb: string;
  /** What the toast says before it: `Replayed`. */
  past: string;
  task: BulkTask;
  /** What must be typed, because it destroys. */
  word?: string;
  look?: 'primary' | 'danger';
  close: () => void;
  onDone?: () => void;
  children?: React.ReactNode | ((bulk: Bulk) => React.ReactNode);
}) {
  const bulk = useBulk(task);
  const [typed, setTyped] = useState('');
  const total = bulk.preview?.count ?? 0;
  const isDestroying = word !== undefined;
  const go = async () => {
    const result = await bulk.run();
    if (result === null) return;
    const runs = `${count(result.done)} ${result.done === 1 ? 'run' : 'runs'}`;
    say(`${past} ${runs}${result.failed > 0 ? `, ${count(result.failed)} could not be` : ''}.`, result.failed > 0);
    onDone?.();
    if (result.failed === 0) close();
  };
  const reason =
    bulk.preview === null
      ? 'Looking which runs fit.'
      : total === 0
        ? 'No run fits.'
        : isDestroying && typed !== word
          ? `Type ${word} first.`
          : undefined;
  return (
    <Dialog title={title} isOpen close={close} isWide>
      <div className="flex flex-col gap-3 text-sm">
        {typeof children === 'function' ? children(bulk) : children}
        {bulk.error !== null && <Failed error={bulk.error} />}
        {bulk.preview === null && bulk.error === null ? <Loading what="the preview" /> : null}
        {bulk.preview !== null && <Preview view={bulk.preview} />}
        <SearchedBack from={bulk.preview?.searched_from_at} />
        {isDestroying && total > 0 && (
          <label className="flex flex-col gap-1">
            <span>
              This cannot be undone. Type <strong className="font-mono">{word}</strong> to go on.
            </span>
            <input
              value={typed}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setTyped(event.target.value)}
              className="w-60 rounded-md border border-line bg-page px-2 py-1 font-mono"
            />
          </label>
        )}
        <Progress bulk={bulk} total={total} />
        <div className="flex justify-end gap-2">
          {bulk.isRunning ? (
            <Button onClick={bulk.stop}>Stop after this part</Button>
          ) : (
            <Button onClick={close}>{bulk.done > 0 ? 'Close' : 'Not now'}</Button>
          )}
          <ActButton look={look} isBusy={bulk.isRunning} reason={reason} onClick={go}>
            {verb} {bulk.preview === null ? '' : `${count(total)} ${total === 1 ? 'run' : 'runs'}`}
          </ActButton>
        </div>
      </div>
    </Dialog>
  );
}

function Preview({ view }: { view: BulkView }) {
  if (view.count === 0) return <p className="text-muted">No run fits: there is nothing to do.</p>;
  const shown = view.sample.slice(0, SAMPLE);
  return (
    <div className="flex flex-col gap-2">
      <p>
        {view.searched_from_at !== null && 'At least '}
        <strong>{count(view.count)}</strong> {view.count === 1 ? 'run' : 'runs'}
        {shown.length < view.count && shown.length > 0 && `, the newest ${shown.length} of them`}:
      </p>
      <ul className="divide-y divide-line rounded-md border border-line">
        {shown.map((run) => (
          <li key={run.id} className="grid grid-cols-[150px_70px_minmax(0,1fr)_80px] items-center gap-3 px-2 py-1">
            <RunLink id={run.id} />
            <StateBadge state={run.state} />
            <span className="truncate" title={run.error?.message}>
              {run.step}
              {run.error !== null && (
                <span className="text-muted">
                  {' '}
                  · {run.error.name}: {run.error.message}
                </span>
              )}
            </span>
            <span className="text-right text-xs text-muted">
              <Time at={run.created_at} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Progress({ bulk, total }: { bulk: Bulk; total: number }) {
  if (!bulk.isRunning && bulk.failed.length === 0) return null;
  return (
    <div className="flex flex-col gap-2" role="status">
      {bulk.isRunning && (
        <>
          <progress className="h-1.5 w-full accent-accent" value={bulk.done} max={Math.max(total, 1)} />
          <span className="text-xs text-muted">
            {count(bulk.done)} of {count(total)}
          </span>
        </>
      )}
      {bulk.failed.length > 0 && (
        <ul className="max-h-40 overflow-auto rounded-md border border-bad bg-bad-soft p-2 text-xs">
          {bulk.failed.map((one) => (
            <li key={one.run}>
              <span className="font-mono">{one.run}</span> {one.message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
