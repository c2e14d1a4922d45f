/** Says that a live list stands still while it is read, and how much came meanwhile. */
import { count } from '../lib/format';

export function PausedBar({ waiting, resume }: { waiting: number; resume: () => void }) {
  return (
    <button
      type="button"
      onClick={resume}
      className="w-full border-b border-line bg-info-soft px-4 py-1 text-left text-sm text-info"
    >
      Paused · {waiting === 0 ? 'nothing new' : `${count(waiting)} new`} · show
    </button>
  );
}
