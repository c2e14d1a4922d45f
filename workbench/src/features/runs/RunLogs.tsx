/** What the run logged, live. */
import { Link } from 'wouter';
import type { RunDetail } from '../../api/client';
import { useApi } from '../../api/queries';
import { LinesDropped } from '../../components/LinesDropped';
import { LogLines } from '../../components/LogLines';
import { Panel } from '../../components/Page';
import { Failed, Loading } from '../../components/States';
import { linkTo } from '../../lib/location';

const LINES = 500;

export function RunLogs({ run }: { run: RunDetail }) {
  const { data, error } = useApi('/v1/logs', {
    query: { run: run.id, limit: LINES } as never,
    live: ['log'],
    fits: (item) => item.data.run === run.id,
    everyMs: 150,
  });
  const lines = [...(data?.logs ?? [])].reverse();
  return (
    <Panel
      title={`Logs${lines.length > 0 ? ` · ${lines.length}` : ''}`}
      actions={
        <Link href={linkTo('/logs', { run: run.id })} className="text-xs text-accent hover:underline">
          Open in Logs
        </Link>
      }
    >
      <LinesDropped count={run.log_lines_dropped} of="run" />
      {error !== null && data === undefined ? (
        <Failed error={error} />
      ) : data === undefined ? (
        <Loading what="log lines" />
      ) : lines.length === 0 ? (
        <p className="px-3 py-2 text-sm text-muted">This run logged nothing.</p>
      ) : (
        <div className="max-h-80 overflow-auto">
          {data.cursor !== null && (
            <p className="px-3 py-1 text-xs text-muted">The last {LINES} lines; earlier ones are in Logs.</p>
          )}
          <LogLines lines={lines} />
        </div>
      )}
    </Panel>
  );
}
