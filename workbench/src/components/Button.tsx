/** A button in one of four looks. */
import type { ButtonHTMLAttributes } from 'react';

const LOOKS = {
  plain: 'border border-line bg-panel hover:bg-raised',
  primary: 'border border-transparent bg-accent text-accent-ink hover:opacity-90',
  danger: 'border border-bad bg-panel text-bad hover:bg-bad-soft',
  quiet: 'border border-transparent text-muted hover:bg-raised hover:text-ink',
};

export function Button({
  look = 'plain',
  className = '',
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { look?: keyof typeof LOOKS }) {
  return (
    <button
      type="button"
      className={`inline-flex items-center gap-1.5 whitespace-nowrap rounded-md px-2.5 py-1 text-sm disabled:cursor-not-allowed disabled:opacity-50 ${LOOKS[look]} ${className}`}
      {...rest}
    />
  );
}
