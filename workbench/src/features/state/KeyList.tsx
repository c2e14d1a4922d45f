/** The keys of a group, in order, from a prefix on. */

import { Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { type Schemas, send } from '../../api/client';
import { useAct, usePages } from '../../api/queries';
import { ActButton } from '../../components/ActButton';
import { Confirm } from '../../components/Confirm';
import { SearchField } from '../../components/Inputs';
import { Empty, Failed, Loading } from '../../components/States';
import { type Column, Table } from '../../components/Table';
import { Time } from '../../components/Time';
import { say, sayFailure } from '../../components/Toasts';
import { printJson } from '../../lib/exact';
import { count, counted } from '../../lib/format';
import { visible } from '../../lib/visible';
import { CHANGES, concernsGroup } from './changed';
import { cursorBefore, ofPrefix } from './prefix';

type Entry = Schemas['EntryView'];
const PREVIEW = 200;

interface Props {
  group: string;
  /** How many keys it has, where that is known. */
  size: number | undefined;
  prefix: string;
  setPrefix: (prefix: string) => void;
  current: string | undefined;
  open: (key: string) => void;
}

export function KeyList({ group, size, prefix, setPrefix, current, open }: Props) {
  const [isClearing, setClearing] = useState(false);
  const pages = usePages('/v1/state/{group}', {
    params: { group },
    query: { limit: 200, cursor: cursorBefore(prefix) },
    live: CHANGES,
    fits: (item) => concernsGroup(item, group),
    everyMs: 500,
  });
  const { entries, isEnd } = useMemo(
    () => ofPrefix(pages.data?.pages.flatMap((page) => page.entries) ?? [], prefix),
    [pages.data, prefix],
  );
  const hasMore = pages.hasNextPage && !isEnd;
  return (
    <section aria-label={`Keys of ${group}`} className="flex min-h-0 min-w-0 flex-1 flex-col max-lg:min-h-40">
      <div className="flex flex-wrap items-center gap-2 border-b border-line bg-panel px-4 py-2">
        <SearchField label="Key begins with" value={prefix} onChange={setPrefix} />
        <span className="text-xs text-muted tabular-nums">
          {hasMore && prefix === '' && size !== undefined && size > entries.length
            ? counted(size, 'key')
            : `${count(entries.length)}${hasMore ? '+' : ''} ${entries.length === 1 ? 'key' : 'keys'}`}
        </span>
        <ActButton look="danger" className="ml-auto" onClick={() => setClearing(true)}>
          <Trash2 size={14} aria-hidden /> Clear group…
        </ActButton>
      </div>
      {pages.error !== null && <Failed error={pages.error} retry={() => void pages.refetch()} />}
      {pages.data === undefined ? (
        pages.isPending && <Loading what="keys" />
      ) : (
        <Table
          label={`Keys of ${group}`}
          columns={COLUMNS}
          rows={entries}
          rowId={(entry) => entry.key}
          open={(entry) => open(entry.key)}
          current={current}
          more={hasMore && !pages.isFetching ? () => void pages.fetchNextPage() : undefined}
          empty={
            prefix === '' ? (
              <Empty title={`The group ${group} has no keys.`} />
            ) : (
              <Empty title={`No key of ${group} begins with ${prefix}.`} />
            )
          }
        />
      )}
      {isClearing && <Clear group={group} close={() => setClearing(false)} />}
    </section>
  );
}

const COLUMNS: readonly Column<Entry>[] = [
  {
    id: 'key',
    title: 'Key',
    width: 'minmax(90px, 1fr)',
    cell: (entry) => (
      <span className="font-mono text-[13px]" title={entry.key}>
        {visible(entry.key)}
      </span>
    ),
  },
  {
    id: 'value',
    title: 'Value',
    width: 'minmax(100px, 2fr)',
    cell: (entry) => (
      <span className="font-mono text-[13px] text-muted">{printJson(entry.value).slice(0, PREVIEW)}</span>
    ),
  },
  { id: 'version', title: 'Version', width: '56px', align: 'right', cell: (entry) => count(entry.version) },
  { id: 'updated', title: 'Changed', width: '84px', align: 'right', cell: (entry) => <Time at={entry.updated_at} /> },
];

function Clear({ group, close }: { group: string; close: () => void }) {
  const clear = useAct(
    () => send('post', '/v1/state/{group}/clear', { params: { group } }),
    ['/v1/state', '/v1/state/{group}', '/v1/state/{group}/{key}'],
  );
  return (
    <Confirm
      title={`Clear ${group}`}
      verb="Delete all keys"
      word={group}
      isBusy={clear.isPending}
      close={close}
      onConfirm={() =>
        clear.mutate(undefined, {
          onSuccess: (done) => {
            say(`Deleted ${count(done.count)} ${done.count === 1 ? 'key' : 'keys'} of ${group}.`);
            close();
          },
          onError: sayFailure,
        })
      }
    >
      <p>
        All keys of <strong>{group}</strong> are deleted, also those that steps write until then. This cannot be undone.
      </p>
    </Confirm>
  );
}
