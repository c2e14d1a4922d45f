/** This trace and another, step by step: runs, failures, and how long each part took. */
import { X } from 'lucide-react';
import { Link } from 'wouter';
import { useApi } from '../../api/queries';
import { StepLink, TraceLink } from '../../components/Ids';
import { Failed, Loading } from '../../components/States';
import { duration } from '../../lib/format';
import { type Cost, compare, type Pair, ratio, times } from './compare';
import { useShape } from './useShape';
import type { Waterfall as Shape } from './waterfall';

export function CompareView({
  id,
  shape,
  other,
  close,
}: {
  id: string;
  shape: Shape;
  other: string;
  close: () => void;
}) {
  const { data: there, error } = useApi('/v1/traces/{trace}', { params: { trace: other } });
  const otherShape = useShape(there?.trace === other ? there : undefined);
  const pairs = otherShape === undefined ? [] : compare(shape, otherShape);
  const longest = Math.max(...pairs.flatMap((pair) => [pair.here.totalUs, pair.there.totalUs]), 1);
  return (
    <section aria-label="Comparison" className="max-h-[45%] shrink-0 overflow-auto border-b border-line bg-panel">
      <header className="sticky top-0 flex items-center gap-2 border-b border-line bg-panel px-4 py-2 text-sm">
        <h2 className="font-medium">Compared with</h2>
        <TraceLink id={other} />
        {otherShape !== undefined && (
          <span className="text-muted">
            {duration(shape.durationUs / 1_000)} here, {duration(otherShape.durationUs / 1_000)} there
          </span>
        )}
        <Link href={`/traces/${other}?with=${id}`} className="text-xs text-accent hover:underline">
          swap
        </Link>
        <button
          type="button"
          onClick={close}
          aria-label="Close the comparison"
          className="ml-auto rounded p-1 text-muted hover:bg-raised"
        >
          <X size={15} aria-hidden />
        </button>
      </header>
      {error !== null && otherShape === undefined && <Failed error={error} />}
      {error === null && otherShape === undefined && <Loading what="the other trace" />}
      {otherShape !== undefined && (
        <table className="w-full text-sm">
          <thead className="text-left text-xs text-muted">
            <tr>
              <th className="px-4 py-1.5 font-medium">Step</th>
              <th className="font-medium">Runs (attempts)</th>
              <th className="font-medium">Failed</th>
              <th className="font-medium">Queue wait</th>
              <th className="font-medium">Handler</th>
              <th className="w-[30%] font-medium">Altogether</th>
              <th className="pr-4 text-right font-medium">Here to there</th>
            </tr>
          </thead>
          <tbody>
            {pairs.map((pair) => (
              <PairRow key={pair.step} pair={pair} longest={longest} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function PairRow({ pair, longest }: { pair: Pair; longest: number }) {
  const { here, there } = pair;
  const share = ratio(here.totalUs, there.totalUs);
  const runs = (cost: Cost) => (cost.attempts === cost.runs ? `${cost.runs}` : `${cost.runs} (${cost.attempts})`);
  const ms = (us: number) => duration(us / 1_000);
  return (
    <tr className="border-t border-line align-middle tabular-nums">
      <td className="px-4 py-1">
        <StepLink id={pair.step} />
        {pair.kind !== 'both' && <span className="ml-2 text-xs text-warn">only {pair.kind}</span>}
      </td>
      <Both here={runs(here)} there={runs(there)} />
      <Both here={String(here.failed)} there={String(there.failed)} isBad={here.failed > there.failed} />
      <Both here={ms(here.queueUs)} there={ms(there.queueUs)} />
      <Both here={ms(here.handlerUs)} there={ms(there.handlerUs)} />
      <td className="py-1 pr-3">
        <Length us={here.totalUs} longest={longest} look="bg-accent" />
        <Length us={there.totalUs} longest={longest} look="bg-muted" />
      </td>
      <td className="pr-4 text-right">
        {share === undefined ? (
          <span className="text-muted">–</span>
        ) : (
          <span className={share > 1.5 ? 'font-medium text-bad' : share < 0.67 ? 'font-medium text-good' : ''}>
            {times(share)}
          </span>
        )}
      </td>
    </tr>
  );
}

function Both({ here, there, isBad = false }: { here: string; there: string; isBad?: boolean }) {
  return (
    <td className="pr-3">
      <span className={isBad ? 'font-medium text-bad' : ''}>{here}</span>
      <span className="block text-xs text-muted">{there}</span>
    </td>
  );
}

function Length({ us, longest, look }: { us: number; longest: number; look: string }) {
  return (
    <span className="flex items-center gap-2 text-xs">
      <span className="w-16 text-right">{duration(us / 1_000)}</span>
      <span className="h-1.5 flex-1" aria-hidden>
        <span className={`block h-full rounded ${look}`} style={{ width: `${(us / longest) * 100}%` }} />
      </span>
    </span>
  );
}
