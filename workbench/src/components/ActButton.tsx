/** A button that changes something in the engine: off, with the reason, for a reader who may only look. */
import { LoaderCircle } from 'lucide-react';
import type { ComponentProps } from 'react';
import { useMayOperate, VIEW_ONLY } from '../api/session';
import { Button } from './Button';

export function ActButton({
  isBusy = false,
  reason,
  onClick,
  children,
  className = '',
  ...rest
}: ComponentProps<typeof Button> & {
  isBusy?: boolean;
  /** Why it cannot be done now; off while there is one. */
  reason?: string | undefined;
}) {
  const mayOperate = useMayOperate();
  const why = mayOperate ? reason : VIEW_ONLY;
  const isOff = why !== undefined || isBusy;
  return (
    // aria-disabled and not disabled: who comes by keyboard can still reach it and learn why.
    <Button
      {...rest}
      aria-disabled={isOff}
      title={why ?? rest.title}
      onClick={(event) => !isOff && onClick?.(event)}
      className={`aria-disabled:cursor-not-allowed aria-disabled:opacity-50 ${className}`}
    >
      {isBusy && <LoaderCircle size={14} className="animate-spin" aria-hidden />}
      {children}
    </Button>
  );
}
