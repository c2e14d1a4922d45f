/** Over every screen while nothing comes from the engine: what is shown may be old. */
import { Unplug } from 'lucide-react';
import { useFeedState } from '../api/feed';
import { useCatchUp } from '../api/queries';
import { Time } from '../components/Time';

export function Break() {
  const { connection, lostAt } = useFeedState();
  useCatchUp();
  if (connection !== 'lost' || lostAt === null) return null;
  return (
    <div
      role="alert"
      className="flex items-center gap-2 border-b border-line bg-warn-soft px-4 py-1.5 text-sm text-warn"
    >
      <Unplug size={15} className="shrink-0" aria-hidden />
      <p>
        The engine does not answer. What stands here may be old: the last news came <Time at={lostAt} />. It connects
        again by itself.
      </p>
    </div>
  );
}
