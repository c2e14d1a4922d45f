/** Requests sent from this browser: look at one again, or send it again. */
import { RotateCw } from 'lucide-react';
import { ActButton } from '../../components/ActButton';
import { Button } from '../../components/Button';
import { TraceLink } from '../../components/Ids';
import { Panel } from '../../components/Page';
import { Time } from '../../components/Time';
import { duration } from '../../lib/format';
import { StatusWord } from './Answer';
import type { Draft } from './draft';
import { type Entry, forget, LEFT_OUT, useHistory } from './history';

export function Sent({
  step,
  load,
  again,
}: {
  step: string;
  load: (draft: Draft) => void;
  again: (draft: Draft) => void;
}) {
  const entries = useHistory(step);
  if (entries.length === 0) return null;
  return (
    <Panel
      title="Sent before"
      actions={
        <Button look="quiet" onClick={() => forget(step)}>
          Forget
        </Button>
      }
    >
      <ul className="max-h-72 overflow-y-auto">
        {entries.map((entry, at) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: two may be sent in one millisecond
            key={`${entry.at} ${at}`}
            className="flex items-center gap-x-2 border-b border-line px-3 py-1 text-sm last:border-0"
          >
            <StatusWord status={entry.status} />
            <span className="text-xs tabular-nums text-muted">{duration(entry.duration_ms)}</span>
            {entry.trace !== null && <TraceLink id={entry.trace} />}
            <span className="ml-auto whitespace-nowrap text-xs text-muted">
              <Time at={entry.at} />
            </span>
            <Button look="quiet" onClick={() => load(entry.draft)}>
              Edit
            </Button>
            <ActButton
              look="quiet"
              aria-label="Send again"
              title="Send it again as it was"
              reason={hasGap(entry) ? 'A secret of it was not kept: edit it first.' : undefined}
              onClick={() => {
                load(entry.draft);
                again(entry.draft);
              }}
            >
              <RotateCw size={13} aria-hidden /> Again
            </ActButton>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function hasGap({ draft }: Entry): boolean {
  return [...draft.headers, ...draft.query].some(([, value]) => value === LEFT_OUT);
}
