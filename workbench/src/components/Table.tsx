/**
 * A list of rows: scrolls tens of thousands smoothly, is walked with j, k and Enter, asks for more at its end.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { isTyping, useKey } from '../lib/keyboard';

export interface Column<Row> {
  id: string;
  title: ReactNode;
  /** A CSS grid track such as `120px` or `minmax(0, 2fr)`. */
  width: string;
  cell: (row: Row) => ReactNode;
  align?: 'right';
}

interface Props<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  open?: (row: Row) => void;
  /** Shown as the chosen one. */
  current?: string | undefined;
  /** Called when the reader comes near the end. */
  more?: (() => void) | undefined;
  /** Called when the reader leaves the top of the list, and when they are back. */
  onAway?: (isAway: boolean) => void;
  /** Becoming true brings the reader back to the top. */
  isAtTop?: boolean;
  rowHeight?: number;
  empty?: ReactNode;
}

export function Table<Row>(props: Props<Row>) {
  const { label, columns, rows, rowId, open, current, more, onAway, isAtTop, rowHeight = 36, empty } = props;
  const frame = useRef<HTMLDivElement>(null);
  // By id: in a live list rows move while the reader stands on one.
  const [atId, setAtId] = useState<string | undefined>(undefined);
  const at = atId === undefined ? -1 : rows.findIndex((row) => rowId(row) === atId);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const shown = virtual.getVirtualItems();
  const last = shown[shown.length - 1]?.index ?? 0;
  useEffect(() => {
    if (more !== undefined && rows.length > 0 && last >= rows.length - 20) more();
  }, [more, last, rows.length]);

  useEffect(() => {
    if (isAtTop) frame.current?.scrollTo({ top: 0 });
  }, [isAtTop]);
  const wasAway = useRef(false);
  const onScroll = (top: number) => {
    const isAway = top > rowHeight;
    if (isAway !== wasAway.current) onAway?.(isAway);
    wasAway.current = isAway;
  };

  const step = (by: number) => {
    frame.current?.focus({ preventScroll: true }); // so that Enter is the row's, not that of a link clicked before
    const next = Math.min(Math.max(at + by, 0), rows.length - 1);
    const row = rows[next];
    if (row === undefined) return;
    setAtId(rowId(row));
    virtual.scrollToIndex(next);
  };
  useKey('j', () => step(1));
  useKey('k', () => step(-1));
  useKey('Enter', (event) => {
    const row = rows[at];
    const isBusy = event.target instanceof HTMLElement && event.target.closest('a, button') !== null;
    if (row !== undefined && !isBusy && !isTyping(event.target)) open?.(row);
  });

  const template = columns.map((column) => column.width).join(' ');
  return (
    <div
      ref={frame}
      className="min-h-0 flex-1 overflow-auto bg-panel"
      role="table"
      aria-label={label}
      aria-rowcount={rows.length}
      onScroll={(event) => onScroll(event.currentTarget.scrollTop)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <div
        role="row"
        className="sticky top-0 z-10 grid items-center gap-3 border-b border-line bg-panel px-4 text-xs text-muted"
        style={{ gridTemplateColumns: template, height: 32 }}
      >
        {columns.map((column) => (
          <div key={column.id} role="columnheader" className={column.align === 'right' ? 'text-right' : ''}>
            {column.title}
          </div>
        ))}
      </div>
      {rows.length === 0 ? (
        empty
      ) : (
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {shown.map((item) => {
            const row = rows[item.index] as Row;
            const id = rowId(row);
            const isAt = item.index === at || id === current;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: j, k and Enter move and open rows from anywhere
              <div
                key={id}
                role="row"
                aria-rowindex={item.index + 1}
                aria-selected={isAt}
                tabIndex={-1}
                onClick={(event) => {
                  const isBusy =
                    event.target instanceof HTMLElement && event.target.closest('a, button, input') !== null;
                  setAtId(id);
                  if (!isBusy) open?.(row);
                }}
                className={`absolute left-0 grid w-full items-center gap-3 border-b border-line/70 px-4 ${open === undefined ? '' : 'cursor-pointer'} ${isAt ? 'bg-accent-soft' : 'hover:bg-raised'}`}
                style={{ gridTemplateColumns: template, height: item.size, transform: `translateY(${item.start}px)` }}
              >
                {columns.map((column) => (
                  <div
                    key={column.id}
                    role="cell"
                    className={`min-w-0 truncate ${column.align === 'right' ? 'text-right tabular-nums' : ''}`}
                  >
                    {column.cell(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      )}
    </div>
  );
}
