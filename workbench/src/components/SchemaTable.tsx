/** A JSON Schema as a table that people read; the schema itself for copying. */
import { useMemo } from 'react';
import { schemaRows } from '../lib/schema';
import { CopyButton } from './Json';
import { Prose } from './Prose';

export function SchemaTable({ schema, label }: { schema: unknown; label: string }) {
  const rows = useMemo(() => schemaRows(schema), [schema]);
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-left text-sm" aria-label={label}>
        <thead className="text-xs text-muted">
          <tr className="border-b border-line">
            <th className="px-3 py-1.5 font-medium">Name</th>
            <th className="px-3 py-1.5 font-medium">Type</th>
            <th className="px-3 py-1.5 font-medium">
              <span className="flex items-center justify-between gap-2 whitespace-nowrap">
                What holds
                <CopyButton text={() => JSON.stringify(schema, null, 2)} label="Copy" />
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // Variants share a path, and rows never move: the place is the key.
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity
            <tr key={at} className="border-b border-line align-top last:border-0">
              <td className="whitespace-nowrap px-3 py-1.5">
                <span className="inline-block" style={{ width: row.depth * 14 }} />
                <span className="font-mono text-[13px]" title={row.path}>
                  {row.name}
                </span>
                {row.isRequired && row.path !== '' && (
                  <span className="ml-1.5 text-xs text-bad" title="must be there">
                    required
                  </span>
                )}
              </td>
              <td className="px-3 py-1.5 text-muted">{row.type}</td>
              <td className="px-3 py-1.5">
                {row.description !== '' && (
                  <div>
                    <Prose text={row.description} />
                  </div>
                )}
                {row.rules.length > 0 && <div className="break-words text-xs text-muted">{row.rules.join(' · ')}</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
