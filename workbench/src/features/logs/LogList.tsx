/** The lines: tens of thousands scroll smoothly; j, k, Enter and c walk, open and copy them. */

import { useVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { Button } from '../../components/Button';
import { say } from '../../components/Toasts';
import { printJson } from '../../lib/exact';
import { count } from '../../lib/format';
import { useKey } from '../../lib/keyboard';
import { LogRow, ROW_PX } from './LogRow';
import { asJson } from './line';
import { useFollow } from './useFollow';
import type { LogTail } from './useLogTail';

/** Rows are named by their place and not by their line: a burst changes texts, it does not make new elements. */
const SLOTS = 256;

interface Props {
  tail: LogTail;
  isHeld: boolean;
  hold: () => void;
  empty: ReactNode;
}

export function LogList({ tail, isHeld, hold, empty }: Props) {
  const { lines } = tail;
  const frame = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [marked, setMarked] = useState<readonly [from: number, to: number] | null>(null); // keys
  const getItemKey = useCallback((index: number) => lines[index]?.key ?? index, [lines]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    getItemKey,
    overscan: tail.isPaused ? 12 : 4,
  });
  useFollow(frame, { ...tail, isHeld });

  const indexOf = (key: number | undefined) => lines.findIndex((line) => line.key === key);
  const toggle = (index: number) => {
    const line = lines[index];
    if (line === undefined) return;
    const next = new Set(open);
    if (next.delete(line.key)) virtual.resizeItem(index, ROW_PX);
    else next.add(line.key);
    setOpen(next);
    if (next.size > 0) tail.pause(); // an open line would run away from its reader
  };
  const act = useRef({ toggle, marked, setMarked });
  act.current = { toggle, marked, setMarked };
  const choose = useCallback(
    (index: number, event: MouseEvent) => {
      const key = lines[index]?.key;
      const isLink = event.target instanceof Element && event.target.closest('a') !== null;
      if (key === undefined || isLink || isSelecting()) return;
      if (event.shiftKey) {
        act.current.setMarked([act.current.marked?.[0] ?? key, key]);
        tail.pause();
        return;
      }
      act.current.setMarked([key, key]);
      act.current.toggle(index);
    },
    [lines, tail.pause],
  );
  const walk = (by: number) => {
    if (lines.length === 0) return;
    tail.pause();
    hold();
    frame.current?.focus({ preventScroll: true }); // Enter is for the line and no longer for a button
    const at = marked === null ? lines.length : indexOf(marked[1]);
    const next = Math.min(Math.max(at + by, 0), lines.length - 1);
    const key = lines[next]?.key ?? 0;
    setMarked([key, key]);
    virtual.scrollToIndex(next);
  };
  const chosen = () => {
    if (marked === null) return [];
    const [from, to] = [Math.min(...marked), Math.max(...marked)];
    return lines.filter((line) => line.key >= from && line.key <= to);
  };
  const copy = async () => {
    const all = chosen();
    if (all.length === 0) return;
    const one = all[0];
    const value = all.length === 1 && one !== undefined ? asJson(one) : all.map(asJson);
    await navigator.clipboard.writeText(printJson(value, 2));
    say(`Copied ${count(all.length)} ${all.length === 1 ? 'line' : 'lines'} as JSON.`);
  };
  useKey('j', () => walk(1));
  useKey('k', () => walk(-1));
  useKey('c', copy);
  useKey('Enter', (event) => {
    const isBusy = event.target instanceof HTMLElement && event.target.closest('a, button') !== null;
    if (marked !== null && !isBusy) toggle(indexOf(marked[1]));
  });
  useKey('Escape', () => {
    setMarked(null);
    setOpen(new Set());
    virtual.measure();
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list has other lines
  useEffect(() => {
    setMarked(null);
    setOpen(new Set());
  }, [tail.isLoading]);

  const [low, high] = marked === null ? [1, 0] : [Math.min(...marked), Math.max(...marked)];
  return (
    <>
      <div
        ref={frame}
        role="table"
        aria-label="Log lines"
        aria-rowcount={lines.length}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto overflow-x-hidden [overflow-anchor:none]"
      >
        {lines.length === 0 ? (
          empty
        ) : (
          <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const line = lines[item.index];
              return (
                line !== undefined && (
                  <LogRow
                    key={item.index % SLOTS}
                    line={line}
                    index={item.index}
                    start={item.start}
                    isOpen={open.has(line.key)}
                    isMarked={line.key >= low && line.key <= high}
                    measure={virtual.measureElement}
                    choose={choose}
                  />
                )
              );
            })}
          </div>
        )}
      </div>
      {low < high && (
        <div className="flex items-center gap-3 border-t border-line bg-panel px-4 py-1.5 text-sm">
          {count(chosen().length)} lines selected
          <Button onClick={copy}>Copy as JSON</Button>
          <Button look="quiet" onClick={() => setMarked(null)}>
            Clear
          </Button>
        </div>
      )}
    </>
  );
}

function isSelecting(): boolean {
  const chosen = getSelection();
  return chosen !== null && !chosen.isCollapsed;
}
