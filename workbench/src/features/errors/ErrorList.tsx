/** Groups of failures, last seen first. */
import { CircleCheck, CircleX } from 'lucide-react';
import { useMemo } from 'react';
import { useLocation } from 'wouter';
import type { Schemas } from '../../api/client';
import { usePages } from '../../api/queries';
import { StepLink } from '../../components/Ids';
import { SearchField, Select } from '../../components/Inputs';
import { Page } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { type Column, Table } from '../../components/Table';
import { Time } from '../../components/Time';
import { count } from '../../lib/format';
import { linkTo, useFilters } from '../../lib/location';
import { useIsNarrow } from '../../lib/media';
import { HOUR, Series } from './Series';

export type ErrorGroup = Schemas['ErrorGroup'];

const SHOWN = [
  ['', 'Open'],
  ['resolved', 'Resolved'],
  ['all', 'Open and resolved'],
] as const;

/** Columns that give way to the error itself. */
const LESSER = ['hour', 'first'];

export function ErrorList() {
  const isNarrow = useIsNarrow();
  const [filters, set] = useFilters();
  const [, navigate] = useLocation();
  const resolved = filters.show === 'all' ? undefined : filters.show === 'resolved';
  const groups = usePages('/v1/errors', {
    query: { step: filters.step, resolved, limit: 200 },
    live: ['error'],
    everyMs: 1_000,
  });
  const all = useMemo(() => groups.data?.pages.flatMap((page) => page.errors) ?? [], [groups.data]);
  const rows = useMemo(() => all.filter((group) => says(group, filters.text)), [all, filters.text]);
  const steps = useMemo(
    () => [...new Set([...all.map((group) => group.step), filters.step ?? ''])].filter(Boolean),
    [all, filters.step],
  );

  const columns: Column<ErrorGroup>[] = [
    {
      id: 'error',
      title: 'Error',
      width: 'minmax(0, 3fr)',
      cell: (group) => <What group={group} />,
    },
    { id: 'step', title: 'Step', width: 'minmax(110px, 1fr)', cell: (group) => <StepLink id={group.step} /> },
    {
      id: 'hour',
      title: <span title="Failures of this kind, by minute">Last hour</span>,
      width: '104px',
      cell: (group) => <Series points={group.points ?? []} of={HOUR} />,
    },
    { id: 'count', title: 'Times', width: '64px', align: 'right', cell: (group) => count(group.count) },
    {
      id: 'first',
      title: 'First seen',
      width: '84px',
      align: 'right',
      cell: (group) => <Time at={group.first_seen_at} />,
    },
    {
      id: 'last',
      title: 'Last seen',
      width: '84px',
      align: 'right',
      cell: (group) => <Time at={group.last_seen_at} />,
    },
  ];
  return (
    <Page
      title="Errors"
      actions={
        <span className="text-xs text-muted tabular-nums">
          {count(rows.length)} {rows.length === 1 ? 'kind' : 'kinds'} of failure
        </span>
      }
      filters={
        <>
          <SearchField label="Error, message, file" value={filters.text ?? ''} onChange={(text) => set({ text })} />
          <Select label="Which" value={filters.show ?? ''} onChange={(show) => set({ show })} options={SHOWN} />
          <Select
            label="Step"
            value={filters.step ?? ''}
            onChange={(step) => set({ step })}
            options={[['', 'All steps'], ...steps.map((step) => [step, step] as const)]}
          />
        </>
      }
    >
      {groups.error !== null && <Failed error={groups.error} retry={() => void groups.refetch()} />}
      {groups.data === undefined ? (
        groups.isPending && <Loading what="errors" />
      ) : (
        <Table
          label="Errors"
          columns={isNarrow ? columns.filter(({ id }) => !LESSER.includes(id)) : columns}
          rows={rows}
          rowId={(group) => group.fingerprint}
          rowHeight={52}
          open={(group) => navigate(linkTo(`/errors/${group.fingerprint}`))}
          more={groups.hasNextPage && !groups.isFetching ? () => void groups.fetchNextPage() : undefined}
          empty={<Nothing isFiltered={Boolean(filters.text || filters.step || filters.show)} />}
        />
      )}
    </Page>
  );
}

function What({ group }: { group: ErrorGroup }) {
  const Icon = group.is_resolved ? CircleCheck : CircleX;
  return (
    <div className="flex items-center gap-2.5">
      <Icon
        size={16}
        className={`shrink-0 ${group.is_resolved ? 'text-good' : 'text-bad'}`}
        aria-label={group.is_resolved ? 'resolved' : 'open'}
      />
      <div className="min-w-0">
        <div className="truncate">
          <span className="font-medium">{group.name}</span>
          {group.again_at !== null && <Again at={group.again_at} />}
          <span className="ml-2 text-muted">{group.message}</span>
        </div>
        <div className="truncate font-mono text-xs text-muted">
          {group.file === '' ? 'no frame of the project' : `${group.file}:${group.line}`}
          {group.function !== '' && ` in ${group.function}`}
        </div>
      </div>
    </div>
  );
}

/** It was marked as resolved and failed again. */
export function Again({ at }: { at: string | undefined }) {
  if (at === undefined) return null;
  return (
    <span className="ml-2 inline-flex gap-1 rounded bg-warn-soft px-1.5 text-xs font-medium text-warn">
      again <Time at={at} />
    </span>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <Empty title="No failure fits these filters." />
  ) : (
    <Empty title="No open failures.">
      When a step fails, its error appears here within a second, grouped with others like it.
    </Empty>
  );
}

function says(group: ErrorGroup, text: string | undefined): boolean {
  if (!text) return true;
  const all = [group.name, group.message, group.file, group.function, group.step].join('\n');
  return all.toLowerCase().includes(text.toLowerCase());
}
