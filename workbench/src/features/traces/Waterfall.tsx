/** Rows on one time line: walked with the keyboard, folded, zoomed by dragging over the axis or to a span. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useKey } from '../../lib/keyboard';
import { Axis } from './Axis';
import { HoverCard, type Hovered } from './HoverCard';
import { Legend } from './Legend';
import { WaterfallRow } from './WaterfallRow';
import { type Row, type Waterfall as Shape, unfolded } from './waterfall';

export interface Range {
  fromUs: number;
  toUs: number;
}

const ROW_PX = 26;
export const GRID = 'minmax(150px, 34%) minmax(0, 1fr) 68px';

interface Props {
  shape: Shape;
  selected: string | undefined;
  select: (id: string | undefined) => void;
  zoom: Range | null;
  setZoom: (zoom: Range | null) => void;
}

export function Waterfall({ shape, selected, select, zoom, setZoom }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const rows = useMemo(() => unfolded(shape.rows, closed), [shape.rows, closed]);
  const range = zoom ?? { fromUs: 0, toUs: shape.durationUs };
  const at = rows.findIndex((row) => row.id === selected);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: 15,
  });

  const walk = (by: number) => {
    const next = Math.min(Math.max(at + by, 0), rows.length - 1);
    select(rows[next]?.id);
    virtual.scrollToIndex(next);
  };
  const fold = (row: Row, isClosed: boolean) => {
    const next = new Set(closed);
    if (isClosed) next.add(row.id);
    else next.delete(row.id);
    setClosed(next);
  };
  const zoomTo = (row: Row) => {
    const margin = Math.max(row.durationUs * 0.05, 50);
    setZoom({ fromUs: Math.max(row.fromUs - margin, 0), toUs: row.fromUs + row.durationUs + margin });
  };
  useKey('j', () => walk(1));
  useKey('k', () => walk(-1));
  useKey('z', () => {
    const row = rows[at];
    if (row !== undefined) zoomTo(row);
  });
  useKey('Escape', (event) => {
    if (event.target instanceof Element && event.target.closest('[role="dialog"], input') !== null) return;
    if (zoom !== null) setZoom(null);
    else select(undefined);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    if (event.key === 'ArrowDown') walk(1);
    else if (event.key === 'ArrowUp') walk(-1);
    else if (event.key === 'Home') walk(-rows.length);
    else if (event.key === 'End') walk(rows.length);
    else if (event.key === 'ArrowLeft' && row !== undefined) fold(row, true);
    else if (event.key === 'ArrowRight' && row !== undefined) fold(row, false);
    else return;
    event.preventDefault();
  };

  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <Axis range={range} grid={GRID} setZoom={setZoom} startedMs={shape.startedMs} />
      <div
        ref={frame}
        role="treegrid"
        aria-label="Spans"
        aria-rowcount={rows.length}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onMouseLeave={() => setHovered(null)}
        className="min-h-0 flex-1 overflow-y-auto overflow-x-hidden"
      >
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index] as Row;
            return (
              <WaterfallRow
                key={row.id}
                row={row}
                top={item.start}
                height={item.size}
                range={range}
                startedMs={shape.startedMs}
                isSelected={row.id === selected}
                isClosed={closed.has(row.id)}
                fold={() => fold(row, !closed.has(row.id))}
                select={() => select(row.id === selected ? undefined : row.id)}
                zoomTo={() => zoomTo(row)}
                hover={(x, y) => setHovered({ row, x, y })}
              />
            );
          })}
        </div>
      </div>
      <Legend />
      {hovered !== null && <HoverCard hovered={hovered} startedMs={shape.startedMs} />}
    </div>
  );
}
