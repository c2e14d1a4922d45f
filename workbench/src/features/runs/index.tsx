/** Runs: find them, look at one, cancel and replay one or many. */
import { useMemo, useState } from 'react';
import { useLocation, useRoute } from 'wouter';
import type { RunView } from '../../api/client';
import { useMayOperate } from '../../api/session';
import { Button } from '../../components/Button';
import { FilterChip, RangeChoice, StepChoice } from '../../components/Choices';
import { SearchField, Select } from '../../components/Inputs';
import { Page } from '../../components/Page';
import { useNow } from '../../components/Time';
import { count } from '../../lib/format';
import { useKey } from '../../lib/keyboard';
import { linkTo, useFilters } from '../../lib/location';
import { floorMinute } from '../../lib/range';
import { BulkDialog, type Scope } from './BulkDialog';
import { type Act, chosenStates, KINDS, selectionOf } from './query';
import { RunDetail } from './RunDetail';
import { RunList } from './RunList';
import { StateChips } from './StateChips';

export default function RunsScreen() {
  const [filters, set] = useFilters();
  const [, navigate] = useLocation();
  const [, params] = useRoute('/runs/:id');
  const id = params?.id;
  const minute = floorMinute(useNow());
  const selection = useMemo(() => selectionOf(filters, minute), [filters, minute]);
  const [picked, setPicked] = useState<ReadonlyMap<string, RunView>>(new Map());
  const [bulk, setBulk] = useState<{ act: Act; scope: Scope } | null>(null);
  const mayOperate = useMayOperate();
  const close = () => navigate(linkTo('/runs', filters));
  const clear = () => navigate(linkTo(id === undefined ? '/runs' : `/runs/${id}`));
  useKey(
    'Escape',
    (event) => {
      const isInside = event.target instanceof Element && event.target.closest('[role="dialog"], input') !== null;
      if (!isInside && !event.defaultPrevented) close();
    },
    id !== undefined,
  );
  const whole: Scope = { selection, states: chosenStates(filters) };

  return (
    <Page
      title="Runs"
      actions={
        <>
          <SearchField label="Text in payload or error" value={filters.text ?? ''} onChange={(text) => set({ text })} />
          {mayOperate && (
            <>
              <Button onClick={() => setBulk({ act: 'replay', scope: whole })}>Replay many…</Button>
              <Button onClick={() => setBulk({ act: 'cancel', scope: whole })}>Cancel many…</Button>
            </>
          )}
        </>
      }
      filters={
        <>
          <StepChoice filters={filters} set={set} />
          <Select label="Trigger" value={filters.kind ?? ''} onChange={(kind) => set({ kind })} options={KINDS} />
          <RangeChoice filters={filters} set={set} />
          {filters.trace !== undefined && (
            <FilterChip name="trace" value={filters.trace} clear={() => set({ trace: undefined })} />
          )}
          {filters.fingerprint !== undefined && (
            <FilterChip name="failure" value={filters.fingerprint} clear={() => set({ fingerprint: undefined })} />
          )}
          <StateChips selection={selection} filters={filters} set={set} />
        </>
      }
    >
      {picked.size > 0 && (
        <div className="flex flex-wrap items-center gap-2 border-b border-line bg-accent-soft px-4 py-1.5 text-sm">
          <span className="font-medium">{count(picked.size)} chosen</span>
          <Button onClick={() => setBulk({ act: 'replay', scope: { runs: [...picked.values()] } })}>Replay</Button>
          <Button onClick={() => setBulk({ act: 'cancel', scope: { runs: [...picked.values()] } })}>Cancel</Button>
          <Button look="quiet" onClick={() => setPicked(new Map())}>
            Choose none
          </Button>
        </div>
      )}
      <div className="flex min-h-0 flex-1">
        <div className={`flex min-w-0 flex-1 flex-col ${id === undefined ? '' : 'max-[1100px]:hidden'}`}>
          <RunList
            selection={selection}
            filters={filters}
            clear={clear}
            current={id}
            picked={picked}
            pick={setPicked}
          />
        </div>
        {id !== undefined && (
          <div className="flex min-w-0 flex-1 flex-col border-line min-[1101px]:max-w-[60%] min-[1101px]:flex-[1.5] min-[1101px]:border-l">
            <RunDetail key={id} id={id} close={close} follow={(run) => navigate(linkTo(`/runs/${run}`, filters))} />
          </div>
        )}
      </div>
      {bulk !== null && (
        <BulkDialog
          act={bulk.act}
          scope={bulk.scope}
          close={() => {
            setBulk(null);
            setPicked(new Map());
          }}
        />
      )}
    </Page>
  );
}
