/** Says that a list was searched for a while and not to its end, and goes on when asked. */
import { Button } from './Button';
import { Time } from './Time';

export function SearchedBack({
  from,
  isBusy = false,
  goOn,
}: {
  /** What happened before has not been looked at; null or undefined: all of it has. */
  from: string | null | undefined;
  isBusy?: boolean;
  goOn?: () => void;
}) {
  if (from === null || from === undefined) return null;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-3 border-t border-line bg-info-soft px-4 py-1 text-sm text-info"
    >
      <span>
        Searched back to <Time at={from} />. What is older has not been looked at.
      </span>
      {goOn !== undefined && (
        <Button onClick={goOn} disabled={isBusy}>
          {isBusy ? 'Searching…' : 'Search further back'}
        </Button>
      )}
    </div>
  );
}
