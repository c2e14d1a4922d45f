/** Over every screen while nothing comes from the engine: what is shown may be old. */
import { LogOut, Unplug } from 'lucide-react';
import { useFeedState } from '../api/feed';
import { useIsLoggedOut } from '../api/login';
import { useCatchUp } from '../api/queries';
import { Time } from '../components/Time';
import { BASE } from '../lib/location';

const LOOK = 'flex items-center gap-2 border-b border-line bg-warn-soft px-4 py-1.5 text-sm text-warn';

export function Break() {
  const { connection, lostAt } = useFeedState();
  const isLoggedOut = useIsLoggedOut();
  useCatchUp();
  if (isLoggedOut || connection === 'ended') {
    return (
      <div role="alert" className={LOOK}>
        <LogOut size={15} className="shrink-0" aria-hidden />
        <p>
          You are not logged in any more, so what stands here may be old.{' '}
          <a href={`${BASE}/login`} className="underline">
            Log in again
          </a>
        </p>
      </div>
    );
  }
  if (connection !== 'lost' || lostAt === null) return null;
  return (
    <div role="alert" className={LOOK}>
      <Unplug size={15} className="shrink-0" aria-hidden />
      <p>
        The engine does not answer. What stands here may be old: the last news came <Time at={lostAt} />. It connects
        again by itself.
      </p>
    </div>
  );
}
