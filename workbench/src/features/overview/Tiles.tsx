/** The figures of the window; each leads to where it comes from. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/client';
import { useNow } from '../../components/Time';
import { count, duration, instant, percent, rate } from '../../lib/format';
import { linkTo } from '../../lib/location';
import type { StepMetrics } from './series';

export function Tiles({
  sum,
  seconds,
  status,
  queues,
  range,
}: {
  sum: StepMetrics | undefined;
  /** What the rate is counted over. */
  seconds: number;
  status: Schemas['StatusView'] | undefined;
  queues: Schemas['QueueList'] | undefined;
  range: string;
}) {
  const now = useNow();
  const failed = sum?.errors ?? 0;
  const total = sum?.count ?? 0;
  const open = queues?.queues ?? [];
  const depth = open.reduce((all, queue) => all + queue.depth, 0);
  const oldest = open
    .map((queue) => queue.oldest_ready_at)
    .filter((at) => at !== null)
    .sort()[0];
  const age = oldest === undefined ? null : now - instant(oldest);
  const running = status?.runs.running ?? 0;
  const dead = status?.runs.dead ?? 0;
  const slower = (us: number | undefined) =>
    linkTo('/traces', { range, slower: us ? String(Math.max(Math.floor(us / 1_000), 1)) : undefined });
  return (
    <div className="grid grid-cols-2 gap-2 min-[700px]:grid-cols-4 min-[1600px]:grid-cols-8">
      <Tile title="Throughput" to={linkTo('/traces', { range })} about={`${count(total)} calls and attempts`}>
        {rate(total / seconds)}
      </Tile>
      <Tile
        title="Failed"
        to={linkTo('/traces', { range, failed: '1' })}
        about={failed === 0 ? 'none' : `${count(failed)} of ${count(total)}`}
        isBad={failed > 0}
      >
        {percent(total === 0 ? 0 : failed / total)}
      </Tile>
      <Tile title="Duration, p50" to={slower(sum?.p50_us)} about="half take longer">
        {ms(sum?.p50_us)}
      </Tile>
      <Tile title="Duration, p95" to={slower(sum?.p95_us)} about="one of 20 takes longer">
        {ms(sum?.p95_us)}
      </Tile>
      <Tile title="Duration, p99" to={slower(sum?.p99_us)} about="one of 100 takes longer">
        {ms(sum?.p99_us)}
      </Tile>
      <Tile
        title="Waiting and running"
        to="/queues"
        about={age === null ? 'nothing is ready and waiting' : `oldest ready for ${duration(Math.max(age, 0))}`}
      >
        {count(depth)}
      </Tile>
      <Tile title="Running now" to={linkTo('/runs', { state: 'running' })} about={`on ${status?.workers ?? 0} workers`}>
        {count(running)}
      </Tile>
      <Tile
        title="Dead letters"
        to={linkTo('/runs', { state: 'dead' })}
        about={dead === 0 ? 'none' : 'to be looked at'}
        isBad={dead > 0}
      >
        {count(dead)}
      </Tile>
    </div>
  );
}

function ms(us: number | undefined): string {
  return us === undefined || us === 0 ? '–' : duration(us / 1_000);
}

function Tile({
  title,
  to,
  about,
  children,
  isBad = false,
}: {
  title: string;
  to: string;
  about: string;
  children: ReactNode;
  isBad?: boolean;
}) {
  return (
    <Link href={to} className="block rounded-lg border border-line bg-panel px-3 py-2 hover:border-accent">
      <span className="block text-xs text-muted">{title}</span>
      <span className={`block text-xl font-semibold tabular-nums ${isBad ? 'text-bad' : ''}`}>
        {isBad && <span aria-hidden>✕ </span>}
        {children}
      </span>
      <span className="block text-xs text-muted">{about}</span>
    </Link>
  );
}
