/** Every configured value. Secrets are masked by the engine and never come here. */
import { useMemo } from 'react';
import { useApi } from '../../api/queries';
import { SearchField, Select } from '../../components/Inputs';
import { CopyButton } from '../../components/Json';
import { Empty, Failed, Loading } from '../../components/States';
import { type Column, Table } from '../../components/Table';
import { count } from '../../lib/format';
import { useFilters } from '../../lib/location';
import { type ConfigEntry, chosen, isDefault, meaning, written } from './values';

export function Values() {
  const [filters, set] = useFilters();
  const config = useApi('/v1/config', { live: ['manifest'] });
  const all = config.data?.config ?? [];
  const rows = useMemo(
    () => chosen(config.data?.config ?? [], { text: filters.text, show: filters.show }),
    [config.data, filters.text, filters.show],
  );
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-b border-line bg-panel px-4 py-2">
        <SearchField label="Key, value or origin" value={filters.text ?? ''} onChange={(text) => set({ text })} />
        <Select
          label="Which values"
          value={filters.show ?? ''}
          onChange={(show) => set({ show })}
          options={[
            ['', 'All values'],
            ['set', 'Not by default'],
          ]}
        />
        <span className="text-xs text-muted tabular-nums">
          {count(rows.length)} of {count(all.length)} · {count(all.filter((entry) => !isDefault(entry)).length)} not by
          default
        </span>
        {config.data !== undefined && (
          <div className="ml-auto">
            <CopyButton label="Copy as JSON" text={() => JSON.stringify(config.data, null, 2)} />
          </div>
        )}
      </div>
      {config.error !== null && <Failed error={config.error} retry={() => void config.refetch()} />}
      {config.data === undefined ? (
        config.isPending && <Loading what="the configuration" />
      ) : (
        <Table
          label="Configured values"
          columns={COLUMNS}
          rows={rows}
          rowId={(entry) => entry.key}
          rowHeight={32}
          empty={<Empty title="No value fits these filters." />}
        />
      )}
    </>
  );
}

const COLUMNS: readonly Column<ConfigEntry>[] = [
  {
    id: 'key',
    title: 'Key',
    width: 'minmax(150px, 1fr)',
    cell: (entry) => <code className={`text-[13px] ${isDefault(entry) ? '' : 'font-semibold'}`}>{entry.key}</code>,
  },
  { id: 'value', title: 'Value', width: 'minmax(120px, 1.6fr)', cell: (entry) => <Value entry={entry} /> },
  {
    id: 'origin',
    title: 'From',
    width: 'minmax(130px, 1fr)',
    cell: (entry) => (
      <span className={isDefault(entry) ? 'text-muted' : ''} title={entry.origin}>
        {entry.origin}
      </span>
    ),
  },
];

function Value({ entry }: { entry: ConfigEntry }) {
  const { key, value } = entry;
  if (value === null) return <span className="text-muted">not set</span>;
  if (value === '') return <span className="text-muted">empty</span>;
  const words = meaning(key, value);
  return (
    <span title={written(value)}>
      <code className="text-[13px]">{written(value)}</code>
      {words !== null && <span className="ml-2 text-xs text-muted">{words}</span>}
    </span>
  );
}
