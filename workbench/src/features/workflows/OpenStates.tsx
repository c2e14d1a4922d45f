/** Open runs by state; with a step, each leads to those runs. */
import { Link } from 'wouter';
import type { StepView } from '../../api/catalog';
import { StateBadge } from '../../components/StateBadge';
import { count } from '../../lib/format';
import { linkTo } from '../../lib/location';

type Runs = Readonly<Record<string, number>>;

export function sumOf(steps: readonly StepView[]): Runs {
  const sum: Record<string, number> = {};
  for (const step of steps)
    for (const [state, many] of Object.entries(step.open_runs)) sum[state] = (sum[state] ?? 0) + many;
  return sum;
}

export function OpenStates({ runs, step }: { runs: Runs; step?: string }) {
  const open = Object.entries(runs).filter(([, many]) => many > 0);
  if (open.length === 0) return <span className="text-muted">none</span>;
  return (
    <span className="flex gap-2">
      {open.map(([state, many]) => {
        const inside = (
          <>
            <StateBadge state={state} /> <span className="tabular-nums">{count(many)}</span>
          </>
        );
        return step === undefined ? (
          <span key={state}>{inside}</span>
        ) : (
          <Link key={state} href={linkTo('/runs', { step, state })} className="rounded hover:bg-raised">
            {inside}
          </Link>
        );
      })}
    </span>
  );
}
