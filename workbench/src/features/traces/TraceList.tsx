/** Traces by their root, newest first; live at the top. */
import { CircleX } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import type { Schemas } from '../../api/client';
import { useFeed } from '../../api/feed';
import { usePages } from '../../api/queries';
import { Button } from '../../components/Button';
import { RangeChoice, StepChoice } from '../../components/Choices';
import { RunLink, StepLink, TraceLink } from '../../components/Ids';
import { SearchField, Select } from '../../components/Inputs';
import { Page } from '../../components/Page';
import { PausedBar } from '../../components/PausedBar';
import { StateBadge } from '../../components/StateBadge';
import { Empty, Failed, Loading } from '../../components/States';
import { type Column, Table } from '../../components/Table';
import { Time, useNow } from '../../components/Time';
import { count, duration } from '../../lib/format';
import { useFilters } from '../../lib/location';
import { useIsNarrow } from '../../lib/media';
import { betweenOf, floorMinute } from '../../lib/range';

type Trace = Schemas['TraceSummary'];

const SLOWER: readonly (readonly [string, string])[] = [
  ['', 'Any duration'],
  ['100', 'Slower than 100 ms'],
  ['500', 'Slower than 500 ms'],
  ['1000', 'Slower than 1 s'],
  ['5000', 'Slower than 5 s'],
  ['30000', 'Slower than 30 s'],
];

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
    } as never,
    live: isAway ? [] : ['request', 'run'],
    everyMs: 750,
  });
  useFeed(['request'], (items) => isAway && setWaiting((known) => known + items.length));
  const rows = useMemo(() => (pages.data?.pages ?? []).flatMap((page) => page.traces), [pages.data]);
  const longestUs = useMemo(() => Math.max(...rows.slice(0, 2_000).map((row) => row.duration_us), 1), [rows]);
  const columns = useMemo(() => columnsOf(longestUs), [longestUs]);
  const isNarrow = useIsNarrow();
  const { hasNextPage, isFetchingNextPage, fetchNextPage, toFirstPage } = pages;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
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
            empty={<NoTraces isFiltered={Object.keys(filters).length > 0} clear={() => navigate('/traces')} />}
          />
        </>
      )}
    </Page>
  );
}

/** Columns that a narrow window has no room for. */
const WIDE: readonly string[] = ['spans', 'error', 'run', 'step'];

function columnsOf(longestUs: number): Column<Trace>[] {
  return [
    { id: 'outcome', title: 'Outcome', width: '104px', cell: (row) => <Outcome trace={row} /> },
    {
      id: 'name',
      title: 'Began with',
      width: 'minmax(130px,1.2fr)',
      cell: (row) => (row.kind === 'request' ? <span className="font-mono text-[13px]">{row.name}</span> : row.name),
    },
    { id: 'step', title: 'Step', width: 'minmax(100px,1fr)', cell: (row) => <StepLink id={row.step} /> },
    {
      id: 'duration',
      title: 'Duration',
      width: '150px',
      cell: (row) => <Length us={row.duration_us} longestUs={longestUs} />,
    },
    { id: 'spans', title: 'Spans', width: '48px', align: 'right', cell: (row) => count(row.spans) },
    {
      id: 'errors',
      title: 'Failed',
      width: '48px',
      align: 'right',
      cell: (row) => (
        <span className={row.errors > 0 ? 'font-medium text-bad' : 'text-muted'}>{count(row.errors)}</span>
      ),
    },
    {
      id: 'error',
      title: 'Error',
      width: 'minmax(0,1.2fr)',
      cell: (row) => (
        <span title={row.error ?? ''} className="text-bad">
          {row.error}
        </span>
      ),
    },
    { id: 'started', title: 'Started', width: '82px', align: 'right', cell: (row) => <Time at={row.started_at} /> },
    { id: 'trace', title: 'Trace', width: '88px', cell: (row) => <TraceLink id={row.trace} /> },
    { id: 'run', title: 'Run', width: '142px', cell: (row) => row.run !== null && <RunLink id={row.run} /> },
  ];
}

function Outcome({ trace }: { trace: Trace }) {
  if (trace.kind !== 'request') return <StateBadge state={trace.outcome} />;
  const isBad = trace.status >= 500;
  return (
    <span
      className={`rounded px-1.5 py-0.5 font-mono text-xs font-medium ${isBad ? 'bg-bad-soft text-bad' : trace.status >= 400 ? 'bg-warn-soft text-warn' : 'bg-good-soft text-good'}`}
    >
      {trace.status}
    </span>
  );
}

/** A duration with its share of the longest one, on a logarithmic scale. */
function Length({ us, longestUs }: { us: number; longestUs: number }) {
  const share = Math.log1p(us) / Math.log1p(longestUs);
  return (
    <span className="flex items-center gap-2">
      <span className="w-16 text-right tabular-nums">{duration(us / 1_000)}</span>
      <span className="h-1.5 flex-1 rounded bg-raised" aria-hidden>
        <span className="block h-full rounded bg-accent/60" style={{ width: `${Math.max(share * 100, 2)}%` }} />
      </span>
    </span>
  );
}

function NoTraces({ isFiltered, clear }: { isFiltered: boolean; clear: () => void }) {
  if (isFiltered) {
    return (
      <Empty title="No trace fits these filters.">
        <Button onClick={clear}>Clear the filters</Button>
      </Empty>
    );
  }
  return <Empty title="No traces yet.">One begins with each request, schedule or event that comes from outside.</Empty>;
}
