/** Which trace to compare with: by its id, or one of the last that began with the same step. */
import { useState } from 'react';
import { useApi } from '../../api/queries';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { TextField } from '../../components/Inputs';
import { Time } from '../../components/Time';
import { counted, duration } from '../../lib/format';

export function PickTrace({
  id,
  step,
  close,
  pick,
}: {
  id: string;
  step: string | undefined;
  close: () => void;
  pick: (trace: string) => void;
}) {
  const [text, setText] = useState('');
  const { data } = useApi('/v1/traces', { query: { step, limit: 30 } });
  const alike = (data?.traces ?? []).filter((trace) => trace.trace !== id);
  const given = text.trim();
  return (
    <Dialog title="Compare with another trace" isOpen close={close}>
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (given !== '') pick(given);
        }}
      >
        <div className="flex-1">
          <TextField label="Trace id" value={text} onChange={(event) => setText(event.target.value)} autoFocus />
        </div>
        <Button type="submit" look="primary" disabled={given === '' || given === id}>
          Compare
        </Button>
      </form>
      <p className="mb-1 mt-3 text-xs text-muted">
        {alike.length === 0 ? 'No other trace began with the same step.' : 'Or the last that began with the same step:'}
      </p>
      <ul className="flex flex-col">
        {alike.map((trace) => (
          <li key={trace.trace}>
            <button
              type="button"
              onClick={() => pick(trace.trace)}
              className="grid w-full grid-cols-[84px_minmax(0,1fr)_80px_70px] items-center gap-2 rounded px-2 py-1 text-left text-sm hover:bg-raised"
            >
              <span className="font-mono text-[13px]">{trace.trace.slice(-8)}</span>
              <span className={`truncate ${trace.errors > 0 ? 'text-bad' : 'text-muted'}`}>
                {trace.errors > 0 ? `${trace.errors} failed` : counted(trace.spans, 'span')}
              </span>
              <span className="text-right tabular-nums">{duration(trace.duration_us / 1_000)}</span>
              <Time at={trace.started_at} />
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
