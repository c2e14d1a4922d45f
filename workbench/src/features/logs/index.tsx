/** The live tail of log lines. */
import { Pause, Play } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button } from '../../components/Button';
import { Page } from '../../components/Page';
import { PausedBar } from '../../components/PausedBar';
import { SearchedBack } from '../../components/SearchedBack';
import { Empty, Failed, Loading } from '../../components/States';
import { count } from '../../lib/format';
import { useKey } from '../../lib/keyboard';
import { useFilters } from '../../lib/location';
import { LogFilters } from './LogFilters';
import { LogList } from './LogList';
import { queryOf } from './line';
import { useLogTail } from './useLogTail';

export default function Screen() {
  const [filters, set] = useFilters();
  const query = useMemo(() => queryOf(filters), [filters]);
  const tail = useLogTail(query);
  const [isHeld, setHeld] = useState(false);
  const hold = () => {
    setHeld(true);
    tail.pause();
  };
  const goOn = () => {
    setHeld(false);
    getSelection()?.removeAllRanges();
    tail.resume();
  };
  useKey('p', () => (tail.isPaused ? goOn() : hold()));

  const isFiltered = Object.keys(query).length > 0;
  return (
    <Page
      title="Logs"
      actions={
        <>
          <span className="text-xs text-muted tabular-nums">
            {count(tail.lines.length)} lines{tail.hasOlder && ', older ones above'}
          </span>
          <Button onClick={tail.isPaused ? goOn : hold} title="p" aria-pressed={tail.isPaused} className="w-24">
            {tail.isPaused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
            {tail.isPaused ? 'Go on' : 'Pause'}
          </Button>
        </>
      }
      filters={<LogFilters query={query} set={set} />}
    >
      {tail.error !== null && <Failed error={tail.error} retry={tail.reload} />}
      {tail.lost > 0 && (
        <div
          role="status"
          className="flex items-center gap-3 border-b border-line bg-warn-soft px-4 py-1 text-sm text-warn"
        >
          More happened than could be sent: some lines may be missing here.
          <button type="button" className="underline" onClick={tail.reload}>
            Read them from the engine
          </button>
        </div>
      )}
      {tail.isReadingOlder && (
        <div role="status" className="border-b border-line bg-panel px-4 py-1 text-xs text-muted">
          Reading older lines…
        </div>
      )}
      {tail.isLoading ? (
        <Loading what="log lines" />
      ) : (
        <LogList
          tail={tail}
          isHeld={isHeld}
          hold={hold}
          empty={
            tail.error !== null ? null : isFiltered ? (
              <Empty title={tail.searchedFrom === null ? 'No line fits these filters.' : 'No line fits so far.'}>
                <p>New ones that fit appear here by themselves.</p>
              </Empty>
            ) : (
              <Empty title="Nothing has been logged yet.">
                <p>
                  What steps log with <code>logger</code> or print appears here as it happens.
                </p>
              </Empty>
            )
          }
        />
      )}
      <SearchedBack from={tail.searchedFrom} isBusy={tail.isReadingOlder} goOn={tail.older} />
      {tail.isPaused && !tail.isLoading && <PausedBar waiting={tail.waiting} resume={goOn} />}
    </Page>
  );
}
