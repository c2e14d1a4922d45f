/** One trace: its waterfall, what the chosen span did, its log lines; beside another trace if one is named. */

import { GitCompareArrows, ZoomOut } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { useApi } from '../../api/queries';
import { Button } from '../../components/Button';
import { InstanceLinks } from '../../components/InstanceLinks';
import { CopyButton } from '../../components/Json';
import { LinesDropped } from '../../components/LinesDropped';
import { LogLines } from '../../components/LogLines';
import { Page } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { printJson } from '../../lib/exact';
import { count, duration, instant } from '../../lib/format';
import { linkTo, useFilters } from '../../lib/location';
import { CompareView } from './CompareView';
import { PickTrace } from './PickTrace';
import { SpanDetail } from './SpanDetail';
import { useShape } from './useShape';
import { type Range, Waterfall } from './Waterfall';
import type { Waterfall as Shape, Trace } from './waterfall';

export function TraceDetail({ id }: { id: string }) {
  const [filters, set] = useFilters();
  const [isPicking, setPicking] = useState(false);
  const [zoom, setZoom] = useState<Range | null>(null);
  const query = useApi('/v1/traces/{trace}', {
    params: { trace: id },
    live: ['run', 'instance', 'request', 'log'],
    fits: (item) => item.data.trace === id,
    everyMs: 200,
  });
  const trace = query.data;
  const shape = useShape(trace);
  const root = shape?.rows[0];
  const title = root === undefined ? 'Trace' : root.name;

  return (
    <Page
      title={title}
      kind={`Trace …${id.slice(-8)}`}
      actions={
        trace !== undefined && (
          <>
            {zoom !== null && (
              <Button onClick={() => setZoom(null)} title="Esc">
                <ZoomOut size={14} aria-hidden /> All of it
              </Button>
            )}
            <Button onClick={() => setPicking(true)}>
              <GitCompareArrows size={14} aria-hidden /> Compare…
            </Button>
            <CopyButton label="Copy as JSON" text={() => printJson(trace, 2)} />
          </>
        )
      }
      filters={trace !== undefined && shape !== undefined && <Summary trace={trace} shape={shape} />}
    >
      {query.isPending && <Loading what="the trace" />}
      {query.isError && <Failed error={query.error} retry={() => void query.refetch()} />}
      {trace !== undefined && shape !== undefined && (
        <>
          {filters.with !== undefined && (
            <CompareView id={id} shape={shape} other={filters.with} close={() => set({ with: undefined })} />
          )}
          {shape.rows.length === 0 ? (
            <Empty title="Nothing of this trace is stored any more." />
          ) : (
            <div className="flex min-h-0 flex-1 max-[1100px]:flex-col">
              <Waterfall
                shape={shape}
                selected={filters.span}
                select={(span) => set({ span })}
                zoom={zoom}
                setZoom={setZoom}
              />
              <aside className="flex min-h-0 w-[min(420px,34vw)] shrink-0 flex-col overflow-auto border-line bg-page max-[1100px]:h-[45%] max-[1100px]:w-full max-[1100px]:border-t min-[1101px]:border-l">
                <Beside trace={trace} shape={shape} selected={filters.span} close={() => set({ span: undefined })} />
              </aside>
            </div>
          )}
        </>
      )}
      {isPicking && (
        <PickTrace
          id={id}
          step={root?.step}
          close={() => setPicking(false)}
          pick={(other) => {
            set({ with: other });
            setPicking(false);
          }}
        />
      )}
    </Page>
  );
}

function Summary({ trace, shape }: { trace: Trace; shape: Shape }) {
  const failed = shape.rows.filter((row) => row.isFailed).length;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
      <span className="flex items-center font-mono text-[13px] text-muted">
        {trace.trace}
        <CopyButton label="Copy the id" text={() => trace.trace} isSmall />
      </span>
      <span>{duration(shape.durationUs / 1_000)}</span>
      <Time at={trace.started_at} />
      <span>
        {count(shape.rows.length)} {shape.rows.length === 1 ? 'span' : 'spans'}
      </span>
      <Link href={linkTo('/runs', { trace: trace.trace })} className="text-accent hover:underline">
        {count(trace.runs.length)} {trace.runs.length === 1 ? 'run' : 'runs'}
      </Link>
      {trace.instances.length > 0 && <InstanceLinks instances={trace.instances} />}
      {failed > 0 && <span className="font-medium text-bad">{count(failed)} failed</span>}
      {shape.isLive && (
        <span className="inline-flex items-center gap-1.5 text-info">
          <span className="size-2 animate-pulse rounded-full bg-info" aria-hidden /> still going on
        </span>
      )}
      {trace.is_cut && <span className="text-warn">There is more than is shown.</span>}
    </div>
  );
}

function Beside({
  trace,
  shape,
  selected,
  close,
}: {
  trace: Trace;
  shape: Shape;
  selected: string | undefined;
  close: () => void;
}) {
  const row = shape.rows.find((one) => one.id === selected);
  if (row !== undefined) return <SpanDetail row={row} startedMs={shape.startedMs} close={close} />;
  const lines = [...trace.logs].sort((a, b) => instant(a.at) - instant(b.at));
  return (
    <section aria-label="Log lines of the trace">
      <h2 className="sticky top-0 border-b border-line bg-panel px-3 py-2 text-sm font-medium">
        Log lines · {count(lines.length)}
      </h2>
      <LinesDropped count={trace.log_lines_dropped} of="trace" />
      {lines.length === 0 ? (
        <p className="p-3 text-sm text-muted">Nothing was logged. Choose a span to see what it did.</p>
      ) : (
        <LogLines lines={lines} withStep={lines.some((line) => line.step !== lines[0]?.step)} from={shape.startedMs} />
      )}
      {trace.is_cut && (
        <Link
          href={linkTo('/logs', { trace: trace.trace })}
          className="block px-3 py-2 text-sm text-accent hover:underline"
        >
          All its lines, in Logs
        </Link>
      )}
    </section>
  );
}
