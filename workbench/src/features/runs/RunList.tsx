/** Runs, newest first: live while the reader is at the top, still while they read or choose. */
import { useCallback, useMemo, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { RunView } from '../../api/client';
import { type FeedItem, useFeed } from '../../api/feed';
import { usePages } from '../../api/queries';
import { useMayOperate } from '../../api/session';
import { Button } from '../../components/Button';
import { PausedBar } from '../../components/PausedBar';
import { SearchedBack } from '../../components/SearchedBack';
import { Empty, Failed, Loading } from '../../components/States';
import { Table } from '../../components/Table';
import { type Filters, linkTo } from '../../lib/location';
import { useIsNarrow } from '../../lib/media';
import { columnsOf } from './columns';
import { chosenStates, type Selection } from './query';

const PAGE = 100;
const WAITING_MAX = 10_000;

interface Props {
  selection: Selection;
  filters: Filters;
  clear: () => void;
  current: string | undefined;
  picked: ReadonlyMap<string, RunView>;
  pick: (picked: ReadonlyMap<string, RunView>) => void;
}

export function RunList({ selection, filters, clear, current, picked, pick }: Props) {
  const [, navigate] = useLocation();
  const [isAway, setAway] = useState(false);
  const mayOperate = useMayOperate();
  const isNarrow = useIsNarrow();
  const isPaused = isAway || picked.size > 0;
  const pages = usePages('/v1/runs', {
    query: { ...selection, state: chosenStates(filters), limit: PAGE },
    live: isPaused ? [] : ['run'],
  });
  const rows = useMemo(() => (pages.data?.pages ?? []).flatMap((page) => page.runs), [pages.data]);
  const [waiting, forget] = useWaiting(isPaused, rows, selection.step);
  const { more, search, toFirstPage } = pages;

  const toggle = (run: RunView) => {
    const next = new Map(picked);
    if (!next.delete(run.id)) next.set(run.id, run);
    pick(next);
  };
  const isAll = rows.length > 0 && rows.every((run) => picked.has(run.id));
  const picking = {
    has: (id: string) => picked.has(id),
    toggle,
    isAll,
    toggleAll: () => pick(isAll ? new Map() : new Map(rows.map((run) => [run.id, run]))),
  };
  const room = current !== undefined ? 'beside' : isNarrow ? 'narrow' : 'all';
  const resume = () => {
    pick(new Map());
    setAway(false);
    forget();
    toFirstPage();
  };

  if (pages.isPending) return <Loading what="runs" />;
  if (pages.isError) return <Failed error={pages.error} retry={() => void pages.refetch()} />;
  return (
    <>
      {isPaused && <PausedBar waiting={waiting} resume={resume} />}
      <Table
        label="Runs"
        columns={columnsOf(mayOperate ? picking : null, room, filters)}
        rows={rows}
        rowId={(run) => run.id}
        current={current}
        open={(run) => navigate(linkTo(`/runs/${run.id}`, filters))}
        more={more}
        onAway={setAway}
        isAtTop={!isAway}
        rowHeight={32}
        empty={<NoRuns isFiltered={Object.keys(filters).length > 0} isSearching={search.from !== null} clear={clear} />}
      />
      <SearchedBack {...search} />
    </>
  );
}

/** How many runs changed that are not in the list, while it stands still. */
function useWaiting(isPaused: boolean, rows: readonly RunView[], step: string | undefined) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const forget = useCallback(() => setIds(new Set()), []);
  const known = useMemo(() => new Set(rows.map((run) => run.id)), [rows]);
  useFeed(['run'], (items: readonly FeedItem[]) => {
    if (!isPaused) {
      if (ids.size > 0) forget();
      return;
    }
    const fresh = items
      .filter((item) => step === undefined || item.data.step === step)
      .map((item) => String(item.data.run))
      .filter((id) => !known.has(id) && !ids.has(id));
    if (fresh.length > 0 && ids.size < WAITING_MAX) setIds(new Set([...ids, ...fresh]));
  });
  return [ids.size, forget] as const;
}

function NoRuns({ isFiltered, isSearching, clear }: { isFiltered: boolean; isSearching: boolean; clear: () => void }) {
  if (!isFiltered) {
    return (
      <Empty title="Nothing has run yet.">
        A run appears here when a step is triggered: by a request, an event, a schedule, or by hand.{' '}
        <Link href="/" className="text-accent hover:underline">
          The overview
        </Link>{' '}
        says how to send the first one.
      </Empty>
    );
  }
  return (
    <Empty title={isSearching ? 'No run fits these filters so far.' : 'No run fits these filters.'}>
      <Button onClick={clear}>Clear the filters</Button>
    </Empty>
  );
}
