/** The state of a run or instance, or that a step is paused. */
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleX,
  Clock,
  ClockAlert,
  LoaderCircle,
  type LucideIcon,
  RotateCw,
  SkipForward,
} from 'lucide-react';

/** States by word, colour and sign: the colour is never the only one. */
const STATES: Record<string, { icon: LucideIcon; colour: string }> = {
  scheduled: { icon: Clock, colour: 'bg-raised text-muted' },
  blocked: { icon: CirclePause, colour: 'bg-warn-soft text-warn' },
  ready: { icon: CircleDashed, colour: 'bg-raised text-ink' },
  running: { icon: LoaderCircle, colour: 'bg-info-soft text-info' },
  retrying: { icon: RotateCw, colour: 'bg-warn-soft text-warn' },
  paused: { icon: CirclePause, colour: 'bg-warn-soft text-warn' },
  parked: { icon: CirclePause, colour: 'bg-warn-soft text-warn' },
  completed: { icon: CircleCheck, colour: 'bg-good-soft text-good' },
  dead: { icon: CircleX, colour: 'bg-bad-soft text-bad' },
  cancelled: { icon: Ban, colour: 'bg-raised text-muted' },
  skipped: { icon: SkipForward, colour: 'bg-raised text-muted' },
  // of workflow instances
  failed: { icon: CircleX, colour: 'bg-bad-soft text-bad' },
  timed_out: { icon: ClockAlert, colour: 'bg-bad-soft text-bad' },
};

/** `isSmall`: the sign alone, the word on hover and for those who listen. */
export function StateBadge({ state, isSmall = false }: { state: string; isSmall?: boolean }) {
  const look = STATES[state] ?? { icon: CircleDashed, colour: 'bg-raised text-muted' };
  const Icon = look.icon;
  if (isSmall) {
    return (
      <span title={state} className={`inline-flex rounded p-1 align-middle ${look.colour}`}>
        <Icon size={12} aria-label={state} role="img" />
      </span>
    );
  }
  return (
    <span className={`inline-flex items-center gap-1 rounded px-1.5 py-0.5 text-xs font-medium ${look.colour}`}>
      <Icon size={12} aria-hidden />
      {state.replace('_', ' ')}
    </span>
  );
}
