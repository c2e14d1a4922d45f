/**
 * Keeps a growing list at its end, until the reader scrolls up or selects text in it.
 *
 * Rows are `ROW_PX` high unless they are open, so that lines put before the first one move the
 * view by a number that is known without measuring.
 */
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { ROW_PX } from './LogRow';
import type { LogLine } from './line';

const END_PX = 40;
const TOP_PX = 600;

interface Options {
  lines: readonly LogLine[];
  isPaused: boolean;
  /** The reader asked for the pause: reaching the end does not end it. */
  isHeld: boolean;
  pause: () => void;
  resume: () => void;
  older: () => void;
}

export function useFollow(frame: RefObject<HTMLDivElement | null>, options: Options): void {
  const { lines, isPaused } = options;
  const latest = useRef(options);
  latest.current = options;
  const lastTop = useRef(0);
  const firstKey = useRef<number | undefined>(undefined);

  useLayoutEffect(() => {
    const list = frame.current;
    if (list === null) return;
    const before = firstKey.current;
    firstKey.current = lines[0]?.key;
    if (!isPaused) list.scrollTop = list.scrollHeight;
    else if (before !== undefined && firstKey.current !== undefined && firstKey.current < before) {
      const added = lines.findIndex((line) => line.key === before);
      if (added > 0) list.scrollTop += added * ROW_PX;
    }
    lastTop.current = list.scrollTop;
  }, [frame, lines, isPaused]);

  useEffect(() => {
    const list = frame.current;
    if (list === null) return;
    const onScroll = () => {
      const { isPaused: isStill, isHeld, pause, resume, older } = latest.current;
      const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < END_PX;
      const hasGoneUp = list.scrollTop < lastTop.current - 1;
      lastTop.current = list.scrollTop;
      if (!isStill && hasGoneUp && !isAtEnd) pause();
      if (isStill && isAtEnd && !isHeld && !hasGoneUp && !hasSelection(list)) resume();
      if (list.scrollTop < TOP_PX && latest.current.isPaused) older();
    };
    const onSelect = () => hasSelection(list) && latest.current.pause();
    list.addEventListener('scroll', onScroll, { passive: true });
    document.addEventListener('selectionchange', onSelect);
    return () => {
      list.removeEventListener('scroll', onScroll);
      document.removeEventListener('selectionchange', onSelect);
    };
  }, [frame]);
}

function hasSelection(list: HTMLElement): boolean {
  const chosen = getSelection();
  return chosen !== null && !chosen.isCollapsed && chosen.anchorNode !== null && list.contains(chosen.anchorNode);
}
