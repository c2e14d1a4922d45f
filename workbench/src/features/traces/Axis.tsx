/** The time line above the rows: round instants; dragging over it zooms. */
import { type PointerEvent, useRef, useState } from 'react';
import { exact } from '../../lib/format';
import type { Range } from './Waterfall';
import { tickLabel, ticksOf } from './waterfall';

const DRAG_MIN_PX = 5;
/** Behind it a label has no room before the end of the axis: it stands on the other side of its line. */
const LAST_SHARE = 0.82;

export function Axis({
  range,
  grid,
  setZoom,
  startedMs,
}: {
  range: Range;
  grid: string;
  setZoom: (zoom: Range) => void;
  startedMs: number;
}) {
  const line = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const width = Math.max(range.toUs - range.fromUs, 1);
  const ticks = ticksOf(range.fromUs, range.toUs, 5);
  const xOf = (event: PointerEvent) => {
    const box = line.current?.getBoundingClientRect();
    return box === undefined ? 0 : Math.min(Math.max(event.clientX - box.left, 0), box.width);
  };
  const finish = () => {
    const box = line.current?.getBoundingClientRect();
    if (drag !== null && box !== undefined && Math.abs(drag.to - drag.from) > DRAG_MIN_PX) {
      const us = (x: number) => range.fromUs + (x / box.width) * width;
      setZoom({ fromUs: us(Math.min(drag.from, drag.to)), toUs: us(Math.max(drag.from, drag.to)) });
    }
    setDrag(null);
  };
  return (
    <div
      className="grid h-8 items-center gap-2 border-b border-line bg-panel px-3 text-xs text-muted"
      style={{ gridTemplateColumns: grid }}
    >
      <span>Span</span>
      <div
        ref={line}
        className="relative h-full cursor-crosshair touch-none select-none overflow-hidden"
        title="Drag to zoom"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: xOf(event), to: xOf(event) });
        }}
        onPointerMove={(event) => drag !== null && setDrag({ ...drag, to: xOf(event) })}
        onPointerUp={finish}
        onPointerCancel={() => setDrag(null)}
      >
        {ticks.map((us) => {
          const share = (us - range.fromUs) / width;
          const side = share > LAST_SHARE ? '-translate-x-full border-r pr-1' : 'border-l pl-1';
          return (
            <span
              key={us}
              title={exact(Math.round(startedMs + us / 1_000))}
              className={`absolute top-0 h-full whitespace-nowrap border-line leading-8 tabular-nums ${side}`}
              style={{ left: `${share * 100}%` }}
            >
              {tickLabel(us, (ticks[1] ?? 0) - (ticks[0] ?? 0))}
            </span>
          );
        })}
        {drag !== null && (
          <span
            className="absolute top-0 h-full bg-accent/25"
            style={{ left: Math.min(drag.from, drag.to), width: Math.abs(drag.to - drag.from) }}
          />
        )}
      </div>
      <span className="text-right">Duration</span>
    </div>
  );
}
