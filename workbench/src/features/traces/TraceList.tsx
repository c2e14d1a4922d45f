/** Traces by their root, newest first; live at the top. */
import { CircleX } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { useFeed } from '../../api/feed';
import { usePages } from '../../api/queries';
import { Button } from '../../components/Button';
import { RangeChoice, StepChoice } from '../../components/Choices';
import { SearchField, Select } from '../../components/Inputs';
import { Page } from '../../components/Page';
import { PausedBar } from '../../components/PausedBar';
import { SearchedBack } from '../../components/SearchedBack';
import { Empty, Failed, Loading } from '../../components/States';
import { Table } from '../../components/Table';
import { useNow } from '../../components/Time';
import { duration } from '../../lib/format';
import { useFilters } from '../../lib/location';
import { useIsNarrow } from '../../lib/media';
import { betweenOf, floorMinute } from '../../lib/range';
import { columnsOf, WIDE } from './columns';

const SLOWER: readonly (readonly [string, string])[] = [
  ['', 'Any duration'],
  ['100', 'Slower than 100 ms'],
  ['500', 'Slower than 500 ms'],
  ['1000', 'Slower than 1 s'],
  ['5000', 'Slower than 5 s'],
  ['30000', 'Slower than 30 s'],
];

const SAMPLE = 2_000;

/** A duration that 19 of 20 traces stay below: one that hung would make the bars of all others invisible. */
function fullBarOf(rows: readonly { duration_us: number }[]): number {
  const sorted = rows
    .slice(0, SAMPLE)
    .map((row) => row.duration_us)
    .sort((one, other) => one - other);
  return Math.max(sorted[Math.floor(sorted.length * 0.95)] ?? sorted.at(-1) ?? 1, 1);
}

export function TraceList() {
  const [filters, set] = useFilters();
  const [, navigate] = useLocation();
  const [isAway, setAway] = useState(false);
  const [waiting, setWaiting] = useState(0);
  const minute = floorMinute(useNow());
  const { step, text, failed, slower } = filters;
  const slowerMs = Number(slower) > 0 ? Math.round(Number(slower)) : undefined;
  const pages = usePages('/v1/traces', {
    query: {
      ...betweenOf(filters, minute),
      step,
      text,
      failed: failed === '1' ? true : undefined,
      slower_than_ms: slowerMs,
      limit: 100,
    },
    live: isAway ? [] : ['request', 'run'],
    everyMs: 750,
  });
  useFeed(['request'], (items) => isAway && setWaiting((known) => known + items.length));
  const rows = useMemo(() => (pages.data?.pages ?? []).flatMap((page) => page.traces), [pages.data]);
  const fullUs = useMemo(() => fullBarOf(rows), [rows]);
  const columns = useMemo(() => columnsOf(fullUs), [fullUs]);
  const isNarrow = useIsNarrow();
  const { more, search, toFirstPage } = pages;
  const slowerChoices =
    slowerMs === undefined || SLOWER.some(([ms]) => ms === slower)
      ? SLOWER
      : [...SLOWER, [slower ?? '', `Slower than ${duration(slowerMs)}`] as const];

  return (
    <Page
      title="Traces"
      actions={
        <SearchField label="Text in name or error" value={text ?? ''} onChange={(next) => set({ text: next })} />
      }
      filters={
        <>
          <StepChoice filters={filters} set={set} />
          <Select
            label="Duration"
            value={slower ?? ''}
            onChange={(next) => set({ slower: next })}
            options={slowerChoices}
          />
          <RangeChoice filters={filters} set={set} />
          <button
            type="button"
            aria-pressed={failed === '1'}
            onClick={() => set({ failed: failed === '1' ? undefined : '1' })}
            className={`inline-flex items-center gap-1.5 rounded-md border px-2 py-1 text-sm ${failed === '1' ? 'border-bad bg-bad-soft text-bad' : 'border-line hover:bg-raised'}`}
          >
            <CircleX size={14} aria-hidden /> With failures
          </button>
        </>
      }
    >
      {pages.isPending ? (
        <Loading what="traces" />
      ) : pages.isError ? (
        <Failed error={pages.error} retry={() => void pages.refetch()} />
      ) : (
        <>
          {isAway && (
            <PausedBar
              waiting={waiting}
              resume={() => {
                setAway(false);
                setWaiting(0);
                toFirstPage();
              }}
            />
          )}
          <Table
            label="Traces"
            columns={isNarrow ? columns.filter((column) => !WIDE.includes(column.id)) : columns}
            rows={rows}
            rowId={(row) => row.trace}
            open={(row) => navigate(`/traces/${row.trace}`)}
            more={more}
            onAway={setAway}
            isAtTop={!isAway}
            rowHeight={32}
            empty={
              <NoTraces
                isFiltered={Object.keys(filters).length > 0}
                isSearching={search.from !== null}
                clear={() => navigate('/traces')}
              />
            }
          />
          <SearchedBack {...search} />
        </>
      )}
    </Page>
  );
}

function NoTraces({
  isFiltered,
  isSearching,
  clear,
}: {
  isFiltered: boolean;
  isSearching: boolean;
  clear: () => void;
}) {
  if (isFiltered) {
    return (
      <Empty title={isSearching ? 'No trace fits these filters so far.' : 'No trace fits these filters.'}>
        <Button onClick={clear}>Clear the filters</Button>
      </Empty>
    );
  }
  return <Empty title="No traces yet.">One begins with each request, schedule or event that comes from outside.</Empty>;
}
