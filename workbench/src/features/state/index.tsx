/** The state store: groups, their keys, one value to look at and edit. */
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useApi } from '../../api/queries';
import { ActButton } from '../../components/ActButton';
import { Page } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { useFilters } from '../../lib/location';
import { CHANGES } from './changed';
import { EntryPane } from './EntryPane';
import { GroupList } from './GroupList';
import { KeyList } from './KeyList';
import { NewKey } from './NewKey';

export default function Screen() {
  const [filters, set] = useFilters();
  const [isAdding, setAdding] = useState(false);
  const groups = useApi('/v1/state', { live: CHANGES, everyMs: 500 });
  const all = groups.data?.groups ?? [];
  const group = filters.group ?? all[0]?.group;
  const open = (key: string, inGroup = group) => set({ group: inGroup, key }, { push: true });
  return (
    <Page
      title="State"
      actions={
        <ActButton onClick={() => setAdding(true)}>
          <Plus size={14} aria-hidden /> New key
        </ActButton>
      }
    >
      {groups.error !== null && <Failed error={groups.error} retry={() => void groups.refetch()} />}
      {groups.isPending && <Loading what="groups" />}
      {groups.data !== undefined && group === undefined && (
        <Empty title="Nothing is stored.">
          What steps keep with <code>state.set(group, key, value)</code> appears here.
        </Empty>
      )}
      {group !== undefined && (
        <div className="flex min-h-0 flex-1">
          <GroupList
            groups={all}
            hasMore={Boolean(groups.data?.cursor)}
            current={group}
            open={(next) => set({ group: next, key: '', prefix: '' }, { push: true })}
          />
          <div className="flex min-h-0 min-w-0 flex-1 max-lg:flex-col">
            <KeyList
              key={group}
              group={group}
              size={all.find((one) => one.group === group)?.keys}
              prefix={filters.prefix ?? ''}
              setPrefix={(prefix) => set({ prefix })}
              current={filters.key}
              open={open}
            />
            {filters.key !== undefined && (
              <EntryPane
                key={`${group}\n${filters.key}`}
                group={group}
                name={filters.key}
                close={() => set({ key: '' })}
              />
            )}
          </div>
        </div>
      )}
      {isAdding && <NewKey group={group ?? ''} close={() => setAdding(false)} open={open} />}
    </Page>
  );
}
