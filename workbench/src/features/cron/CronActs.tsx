/** Fire a cron step now; pause and resume it. */
import { Pause, Play, Zap } from 'lucide-react';
import { send } from '../../api/client';
import { useAct } from '../../api/queries';
import { ActButton } from '../../components/ActButton';
import { say, sayFailure } from '../../components/Toasts';
import { segment } from '../../lib/location';
import type { CronStep } from './index';

const CHANGED = ['/v1/cron', '/v1/steps'] as const;

export function CronActs({ step, isShort = false }: { step: CronStep; isShort?: boolean }) {
  const params = { step: step.id };
  const fire = useAct(() => send('post', '/v1/cron/{step}/run', { params }), CHANGED);
  const turn = useAct(
    () =>
      step.paused
        ? send('post', '/v1/steps/{step}/resume', { params })
        : send('post', '/v1/steps/{step}/pause', { params }),
    CHANGED,
  );
  const run = () =>
    fire.mutate(undefined, {
      onSuccess: ({ runId }) =>
        say(step.paused ? `${step.id} was fired; its run waits until it is resumed.` : `${step.id} was fired.`, false, {
          href: `/runs/${segment(runId)}`,
          title: 'Open the run',
        }),
      onError: sayFailure,
    });
  const pause = () =>
    turn.mutate(undefined, {
      onSuccess: () => say(step.paused ? `${step.id} goes on.` : `${step.id} is paused.`),
      onError: sayFailure,
    });
  const Icon = step.paused ? Play : Pause;
  return (
    <span className="inline-flex gap-1.5">
      <ActButton
        look={isShort ? 'quiet' : 'primary'}
        isBusy={fire.isPending}
        onClick={run}
        aria-label={`Run ${step.id} now`}
      >
        <Zap size={14} aria-hidden /> {isShort ? 'Run' : 'Run now'}
      </ActButton>
      {isShort || (
        <ActButton isBusy={turn.isPending} onClick={pause}>
          <Icon size={14} aria-hidden /> {step.paused ? 'Resume' : 'Pause'}
        </ActButton>
      )}
    </span>
  );
}
