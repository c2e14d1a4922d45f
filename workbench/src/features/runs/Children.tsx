/** Runs that came of one: those that it triggered, and its replays. */
import type { RunView } from '../../api/client';
import { RunLink } from '../../components/Ids';
import { Panel } from '../../components/Page';
import { StateBadge } from '../../components/StateBadge';
import { Time } from '../../components/Time';
import { noteOf } from './query';

const SHOWN_MAX = 200;
const REPLAYS_MAX = 50;

export function Children({ runs }: { runs: readonly RunView[] }) {
  return <Runs title={`Triggered ${runs.length === SHOWN_MAX ? 'at least ' : ''}${runs.length}`} runs={runs} />;
}

/** Newest first. */
export function Replays({ runs }: { runs: readonly RunView[] }) {
  return <Runs title={`Replays · ${runs.length === REPLAYS_MAX ? 'the newest ' : ''}${runs.length}`} runs={runs} />;
}

function Runs({ title, runs }: { title: string; runs: readonly RunView[] }) {
  return (
    <Panel title={title}>
      <ul className="max-h-72 overflow-auto text-sm">
        {runs.map((run) => (
          <li
            key={run.id}
            className="grid grid-cols-[104px_minmax(0,1fr)_minmax(0,1fr)_142px_70px] items-center gap-2 border-b border-line px-3 py-1 last:border-0"
          >
            <span>
              <StateBadge state={run.state} />
            </span>
            <span className="truncate">{run.step}</span>
            <span className="truncate text-muted" title={noteOf(run)}>
              {noteOf(run)}
            </span>
            <RunLink id={run.id} />
            <Time at={run.created_at} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
