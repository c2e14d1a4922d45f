/** The waterfall of a trace on the screen. */
import { useEffect, useMemo, useState } from 'react';
import { instant } from '../../lib/format';
import { type Waterfall as Shape, type Trace, waterfallOf } from './waterfall';

const TICK_MS = 250;

/** While something of it is open, its bars grow with the clock. */
export function useShape(trace: Trace | undefined): Shape | undefined {
  const [now, setNow] = useState(() => Date.now());
  const shape = useMemo(() => trace && waterfallOf(trace, Math.max(now, instant(trace.started_at))), [trace, now]);
  const isLive = shape?.isLive ?? false;
  useEffect(() => {
    if (!isLive) return;
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [isLive]);
  return shape;
}
