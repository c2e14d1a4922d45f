/** Instances of workflows, newest first: live while the reader is at the top. */
import { useCallback, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { useFeed } from '../../api/feed';
import { useApi, usePages } from '../../api/queries';
import { Button } from '../../components/Button';
import { Chip } from '../../components/Chip';
import { FilterChip } from '../../components/Choices';
import { Select } from '../../components/Inputs';
import { PausedBar } from '../../components/PausedBar';
import { StateBadge } from '../../components/StateBadge';
import { Empty, Failed, Loading } from '../../components/States';
import { Table } from '../../components/Table';
import { count } from '../../lib/format';
import { segment, useFilters } from '../../lib/location';
import { useIsNarrow } from '../../lib/media';
import { columnsOf } from './columns';
import { countsOf, INSTANCE_STATES, type InstanceState } from './instance';

const PAGE = 100;

export function Instances() {
  const [filters, set] = useFilters();
  const workflows = useApi('/v1/workflows', { live: ['manifest', 'instance'], everyMs: 1_000 });
  const known = (workflows.data?.workflows ?? []).map((workflow) => workflow.id);
  const chosen = filters.workflow ?? '';
  const ids = chosen !== '' && !known.includes(chosen) ? [chosen, ...known] : known;
  const state = INSTANCE_STATES.find((one) => one === filters.state);
  const counts = countsOf(workflows.data?.workflows ?? [], filters.workflow);
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-b border-line bg-panel px-4 py-2">
        <Select
          label="Workflow"
          value={chosen}
          onChange={(workflow) => set({ workflow })}
          options={[['', 'All workflows'], ...ids.map((id) => [id, id] as const)]}
        />
        {filters.trace !== undefined && (
          <FilterChip name="trace" value={filters.trace} clear={() => set({ trace: undefined })} />
        )}
        <div className="flex flex-wrap items-center gap-1.5" role="group" aria-label="States">
          <Chip isOn={state === undefined} onClick={() => set({ state: '' })}>
            <span className="px-0.5 text-xs font-medium">all</span>
          </Chip>
          {INSTANCE_STATES.filter((one) => one === state || (counts.get(one) ?? 0) > 0).map((one) => (
            <Chip key={one} isOn={one === state} onClick={() => set({ state: one === state ? '' : one })}>
              <StateBadge state={one} />
              <span className="text-xs tabular-nums text-muted">{count(counts.get(one) ?? 0)}</span>
            </Chip>
          ))}
        </div>
      </div>
      <List state={state} workflow={filters.workflow} trace={filters.trace} />
    </>
  );
}

interface Selection {
  state: InstanceState | undefined;
  workflow: string | undefined;
  trace: string | undefined;
}

function List({ state, workflow, trace }: Selection) {
  const [, navigate] = useLocation();
  const [, set] = useFilters();
  const [isAway, setAway] = useState(false);
  const isNarrow = useIsNarrow();
  const query = {
    ...(state ? { state } : {}),
    ...(workflow ? { workflow } : {}),
    ...(trace ? { trace } : {}),
    limit: PAGE,
  };
  const pages = usePages('/v1/instances', { query, live: isAway ? [] : ['instance'], everyMs: 300 });
  const rows = useMemo(() => (pages.data?.pages ?? []).flatMap((page) => page.instances), [pages.data]);
  const known = useMemo(() => new Set(rows.map((row) => row.id)), [rows]);
  const [waiting, forget] = useWaiting(isAway, known, workflow);
  const { hasNextPage, isFetchingNextPage, fetchNextPage, toFirstPage } = pages;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const resume = () => {
    setAway(false);
    forget();
    toFirstPage();
  };
  if (pages.isPending) return <Loading what="instances" />;
  if (pages.isError) return <Failed error={pages.error} retry={() => void pages.refetch()} />;
  if (rows.length === 0)
    return state !== undefined || workflow !== undefined || trace !== undefined ? (
      <Empty title="No instance fits these filters.">
        <Button onClick={() => set({ state: '', workflow: '', trace: '' })}>Clear the filters</Button>
      </Empty>
    ) : (
      <Empty title="No workflow has been started yet.">
        An instance appears here when the start step of a workflow runs.
      </Empty>
    );
  return (
    <>
      {isAway && <PausedBar waiting={waiting} resume={resume} />}
      <Table
        label="Instances"
        columns={columnsOf(isNarrow)}
        rows={rows}
        rowId={(instance) => instance.id}
        rowHeight={32}
        open={(instance) => navigate(`/workflows/instances/${segment(instance.id)}`)}
        more={more}
        onAway={setAway}
        isAtTop={!isAway}
      />
    </>
  );
}

/** How many instances changed that are not in the list, while it stands still. */
function useWaiting(isPaused: boolean, known: ReadonlySet<string>, workflow: string | undefined) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const forget = useCallback(() => setIds(new Set()), []);
  useFeed(['instance'], (items) => {
    if (!isPaused) {
      if (ids.size > 0) forget();
      return;
    }
    const fresh = items
      .filter((item) => workflow === undefined || item.data.workflow === workflow)
      .map((item) => String(item.data.instance))
      .filter((id) => !known.has(id) && !ids.has(id));
    if (fresh.length > 0 && ids.size < 10_000) setIds(new Set([...ids, ...fresh]));
  });
  return [ids.size, forget] as const;
}
