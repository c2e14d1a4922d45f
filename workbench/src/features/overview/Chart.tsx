/** A chart of lines over time; uPlot is loaded when the first one is shown. */
import { lazy, Suspense } from 'react';
import type { Line } from './UplotChart';

const UplotChart = lazy(() => import('./UplotChart'));

export function Chart(props: {
  label: string;
  at: readonly number[];
  lines: readonly Line[];
  format: (value: number) => string;
  onPick?: (since: string, until: string) => void;
}) {
  return (
    <div className="p-2">
      <ul className="flex gap-3 px-1 pb-1 text-xs text-muted">
        {props.lines.map((line) => (
          <li key={line.name} className="inline-flex items-center gap-1.5">
            <svg width={18} height={6} aria-hidden>
              <line
                x1={0}
                y1={3}
                x2={18}
                y2={3}
                stroke={`var(--${line.colour})`}
                strokeWidth={2}
                strokeDasharray={line.dash?.join(' ')}
              />
            </svg>
            {line.name}
          </li>
        ))}
      </ul>
      <Suspense fallback={<div className="h-40 animate-pulse rounded bg-raised" />}>
        <UplotChart {...props} />
      </Suspense>
    </div>
  );
}
