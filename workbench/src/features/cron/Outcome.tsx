/** What became of a scheduled instant, by word, sign and colour. */

import { CircleSlash, Clock, Hand, type LucideIcon, SkipForward } from 'lucide-react';
import type { Schemas } from '../../api/client';
import { useApi } from '../../api/queries';
import { StateBadge } from '../../components/StateBadge';

const OUTCOMES: Record<string, { icon: LucideIcon; colour: string; means: string }> = {
  fired: { icon: Clock, colour: 'bg-good-soft text-good', means: 'It made a run.' },
  manual: { icon: Hand, colour: 'bg-info-soft text-info', means: 'Somebody fired it by hand.' },
  skipped: { icon: SkipForward, colour: 'bg-raised text-muted', means: 'The run before it was not finished.' },
  missed: { icon: CircleSlash, colour: 'bg-warn-soft text-warn', means: 'No engine ran at that instant.' },
};

export function Outcome({ outcome }: { outcome: string }) {
  const look = OUTCOMES[outcome] ?? { icon: Clock, colour: 'bg-raised text-muted', means: '' };
  const Icon = look.icon;
  return (
    <span
      title={look.means}
      className={`inline-flex items-center gap-1 rounded px-1.5 py-0.5 text-xs font-medium ${look.colour}`}
    >
      <Icon size={12} aria-hidden />
      {outcome}
    </span>
  );
}

/** What became of a firing: the state of its run while that is stored, else how it fired. */
export function Result({ fire }: { fire: Schemas['CronFire'] }) {
  return fire.run ? <RunResult run={fire.run} outcome={fire.outcome} /> : <Outcome outcome={fire.outcome} />;
}

function RunResult({ run, outcome }: { run: string; outcome: string }) {
  const found = useApi('/v1/runs/{run}', {
    params: { run },
    live: ['run'],
    fits: (item) => item.data.run === run,
  });
  return found.data === undefined ? <Outcome outcome={outcome} /> : <StateBadge state={found.data.state} />;
}
