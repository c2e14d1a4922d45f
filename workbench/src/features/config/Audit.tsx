/** What people did to this engine, newest first. */

import { useInfiniteQuery } from '@tanstack/react-query';
import { CircleCheck, CircleX } from 'lucide-react';
import { useMemo } from 'react';
import { type ApiError, get, type Schemas } from '../../api/client';
import { SearchField } from '../../components/Inputs';
import { Empty, Failed, Loading } from '../../components/States';
import { type Column, Table } from '../../components/Table';
import { Time } from '../../components/Time';
import { useFilters } from '../../lib/location';

type Entry = Schemas['AuditEntry'];
type AuditPage = Schemas['AuditPage'];

export function Audit() {
  const [filters, set] = useFilters();
  const text = (filters.text ?? '').toLowerCase();
  const audit = useInfiniteQuery<AuditPage, ApiError, { pages: AuditPage[] }, unknown[], string | undefined>({
    queryKey: ['/v1/audit'],
    queryFn: ({ pageParam, signal }) => get('/v1/audit', { query: { limit: 200, cursor: pageParam }, signal }),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.cursor ?? undefined,
    staleTime: 0, // what was done on another screen is in it at once
    refetchOnWindowFocus: true,
  });
  const rows = useMemo(
    () =>
      (audit.data?.pages.flatMap((page) => page.entries) ?? []).filter((entry) =>
        `${entry.who} ${entry.action} ${entry.target} ${entry.outcome}`.toLowerCase().includes(text),
      ),
    [audit.data, text],
  );
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-b border-line bg-panel px-4 py-2">
        <SearchField label="Who, what, to what" value={filters.text ?? ''} onChange={(next) => set({ text: next })} />
        {audit.hasNextPage && text !== '' && (
          <span className="text-xs text-muted">looks at what is loaded; scroll down for older entries</span>
        )}
      </div>
      {audit.error !== null && <Failed error={audit.error} retry={() => void audit.refetch()} />}
      {audit.isPending ? (
        <Loading what="the audit log" />
      ) : (
        audit.data !== undefined && (
          <Table
            label="Audit log"
            columns={COLUMNS}
            rows={rows}
            rowId={(entry) => `${entry.at} ${entry.who} ${entry.action} ${entry.target}`}
            more={audit.hasNextPage && !audit.isFetching ? () => void audit.fetchNextPage() : undefined}
            empty={
              text === '' ? (
                <Empty title="Nobody has changed anything yet.">
                  Each act that changes the engine is written down: who, what, when, and what came of it.
                </Empty>
              ) : (
                <Empty title="No entry fits this text." />
              )
            }
          />
        )
      )}
    </>
  );
}

const COLUMNS: readonly Column<Entry>[] = [
  { id: 'at', title: 'When', width: '90px', cell: (entry) => <Time at={entry.at} /> },
  { id: 'who', title: 'Who', width: 'minmax(80px, 160px)', cell: (entry) => entry.who },
  {
    id: 'action',
    title: 'Action',
    width: 'minmax(120px, 1fr)',
    cell: (entry) => <code className="text-[13px]">{entry.action}</code>,
  },
  {
    id: 'target',
    title: 'Target',
    width: 'minmax(120px, 1.5fr)',
    cell: (entry) => (
      <span className="font-mono text-[13px]" title={entry.target}>
        {entry.target}
      </span>
    ),
  },
  { id: 'outcome', title: 'Outcome', width: '140px', cell: (entry) => <Outcome outcome={entry.outcome} /> },
];

function Outcome({ outcome }: { outcome: string }) {
  const isOk = outcome === 'ok';
  const Icon = isOk ? CircleCheck : CircleX;
  return (
    <span className={`inline-flex items-center gap-1 ${isOk ? 'text-good' : 'text-bad'}`} title={outcome}>
      <Icon size={14} aria-hidden />
      {outcome}
    </span>
  );
}
