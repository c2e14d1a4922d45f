/** A filter that is on or off. */
import type { ReactNode } from 'react';

export function Chip({ isOn, onClick, children }: { isOn: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onClick}
      className={`inline-flex items-center gap-1.5 rounded-md border px-1.5 py-0.5 ${isOn ? 'border-accent bg-accent-soft' : 'border-line hover:bg-raised'}`}
    >
      {children}
    </button>
  );
}
