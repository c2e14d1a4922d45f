/** Why the run is where it is, in the scheduler's words; ids in them are links. */
import { Info } from 'lucide-react';
import type { RunDetail } from '../../api/client';
import { StepLink } from '../../components/Ids';
import { Time } from '../../components/Time';
import { WhyText } from '../../components/WhyText';
import { isFinal } from '../../lib/states';

export function WhyBox({ run }: { run: RunDetail }) {
  if (run.why === null || isFinal(run.state)) return null;
  const isGoing = run.state === 'running';
  const isDue = ['scheduled', 'retrying'].includes(run.state);
  return (
    <section
      aria-label={isGoing ? 'Now' : 'Why it is not running'}
      className={`flex items-start gap-2 rounded-md p-3 forced-colors:border text-sm ${isGoing ? 'bg-info-soft' : 'bg-warn-soft'}`}
    >
      <Info size={16} aria-hidden className={`mt-0.5 shrink-0 ${isGoing ? 'text-info' : 'text-warn'}`} />
      <div className="min-w-0">
        {!isGoing && <p className="font-medium">Why it is not running</p>}
        <p className="break-words">
          <WhyText text={run.why.text} />
        </p>
        {isDue && (
          <p className="text-muted">
            due <Time at={run.due_at} />
          </p>
        )}
        {run.why.code === 'paused' && (
          <p>
            Resume it on the screen of the step: <StepLink id={run.step} />
          </p>
        )}
        {run.why.code === 'outside' && <p className="text-muted">Complete it above, or from your own system.</p>}
      </div>
    </section>
  );
}
