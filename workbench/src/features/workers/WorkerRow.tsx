/** A worker process. */
import { CircleCheck, CircleDashed, CircleX, Hourglass, type LucideIcon, RotateCw } from 'lucide-react';
import { type Schemas, send } from '../../api/client';
import { useAct } from '../../api/queries';
import { ActButton } from '../../components/ActButton';
import { useNow } from '../../components/Time';
import { say, sayFailure } from '../../components/Toasts';
import { bytes, count, duration, exact, instant } from '../../lib/format';

/** A column that gives way where there is little room. */
export const LESSER = 'max-[900px]:hidden';

const STATES: Record<string, { icon: LucideIcon; colour: string; means: string }> = {
  ready: { icon: CircleCheck, colour: 'bg-good-soft text-good', means: 'Takes work.' },
  starting: { icon: Hourglass, colour: 'bg-info-soft text-info', means: 'Loads the project.' },
  standby: { icon: CircleDashed, colour: 'bg-raised text-muted', means: 'Started, loads when the project changes.' },
  draining: {
    icon: Hourglass,
    colour: 'bg-warn-soft text-warn',
    means: 'Finishes what is in flight and takes nothing new.',
  },
  dead: { icon: CircleX, colour: 'bg-bad-soft text-bad', means: 'The process has ended.' },
};

export function WorkerRow({ worker }: { worker: Schemas['WorkerInfo'] }) {
  const now = useNow();
  const restart = useAct(
    () => send('post', '/v1/workers/{worker}/restart', { params: { worker: worker.name } }),
    ['/v1/workers'],
  );
  const state = STATES[worker.state] ?? { icon: CircleDashed, colour: 'bg-raised text-muted', means: '' };
  const Icon = state.icon;
  const startedAt = instant(worker.started_at);
  return (
    <tr className="align-top">
      <td className="px-3 py-2">
        <div className="whitespace-nowrap font-medium">{worker.name}</div>
        <div className="whitespace-nowrap text-xs text-muted tabular-nums">pid {worker.pid}</div>
        {worker.follows_death !== '' && (
          <p className="mt-1 max-w-xl break-words text-xs text-warn">The one before: {worker.follows_death}</p>
        )}
        {worker.last_error !== '' && (
          <p className="mt-1 max-w-xl whitespace-pre-wrap break-words font-mono text-xs text-bad">
            {worker.last_error}
          </p>
        )}
      </td>
      <td className="px-3 py-2">
        <span
          title={state.means}
          className={`inline-flex items-center gap-1 rounded px-1.5 py-0.5 text-xs font-medium ${state.colour}`}
        >
          <Icon size={12} aria-hidden />
          {worker.state}
        </span>
      </td>
      <td className={`px-2 py-2 text-muted ${LESSER}`}>{worker.lane === 'standby' ? '–' : worker.lane}</td>
      <td className="whitespace-nowrap px-2 py-2 text-right tabular-nums">{count(worker.in_flight)}</td>
      <td className="whitespace-nowrap px-2 py-2 text-right tabular-nums">{bytes(worker.rss_bytes)}</td>
      <td className={`px-2 py-2 text-right tabular-nums ${worker.restarts > 0 ? 'text-warn' : ''}`}>
        {count(worker.restarts)}
      </td>
      <td className="whitespace-nowrap px-2 py-2 text-right tabular-nums" title={`since ${exact(startedAt)}`}>
        {worker.state === 'dead' ? '–' : duration(Math.max(now - startedAt, 1_000))}
      </td>
      <td className="py-1 pl-2 pr-3 text-right">
        <ActButton
          look="quiet"
          isBusy={restart.isPending}
          aria-label={`Restart ${worker.name}`}
          title="What it has in flight is finished first, or runs again."
          reason={worker.state === 'ready' ? undefined : 'Only a worker that takes work is restarted.'}
          onClick={() =>
            restart.mutate(undefined, {
              onSuccess: () => say(`${worker.name} is being replaced by a new process.`),
              onError: sayFailure,
            })
          }
        >
          <RotateCw size={14} aria-hidden /> Restart
        </ActButton>
      </td>
    </tr>
  );
}
