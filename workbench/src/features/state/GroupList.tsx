/** The groups of the store, with how many keys each has. */
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { count } from '../../lib/format';
import { visible } from '../../lib/visible';

export function GroupList({
  groups,
  hasMore,
  current,
  open,
}: {
  groups: readonly Schemas['GroupView'][];
  hasMore: boolean;
  current: string;
  open: (group: string) => void;
}) {
  const [text, setText] = useState('');
  // A group that the address names may be gone: it stays, empty.
  const all = groups.some((group) => group.group === current) ? groups : [...groups, { group: current, keys: 0 }];
  const shown = all.filter((group) => group.group.toLowerCase().includes(text.toLowerCase()));
  return (
    <nav aria-label="Groups" className="flex w-52 shrink-0 flex-col border-r border-line bg-panel max-lg:w-36">
      <div className="border-b border-line p-2">
        <input
          type="text"
          aria-label="Find a group"
          placeholder="Find a group"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="w-full rounded-md border border-line bg-page px-2 py-1 text-sm placeholder:text-muted"
        />
      </div>
      <ul className="min-h-0 flex-1 overflow-auto p-1.5">
        {shown.map(({ group, keys }) => (
          <li key={group}>
            <button
              type="button"
              aria-current={group === current ? 'true' : undefined}
              onClick={() => open(group)}
              className={`flex w-full items-center gap-2 rounded px-2 py-1 text-left text-sm ${group === current ? 'bg-accent-soft font-medium text-accent' : 'hover:bg-raised'}`}
            >
              <span className="truncate" title={group}>
                {visible(group)}
              </span>
              <span className="ml-auto text-xs tabular-nums text-muted">{count(keys)}</span>
            </button>
          </li>
        ))}
        {shown.length === 0 && <li className="px-2 py-1 text-sm text-muted">No group is called so.</li>}
        {hasMore && <li className="px-2 py-1 text-xs text-muted">Only the first 1,000 groups are here.</li>}
      </ul>
    </nav>
  );
}
