/** Says while what is shown is from before a break of the feed, and reads it again behind the break. */
import { useEffect, useRef } from 'react';
import { usePathname, useSearch } from 'wouter/use-browser-location';
import { useFeedState } from '../api/feed';
import { queryClient } from '../api/queries';

export function BreakBar() {
  const { connection } = useFeedState();
  const here = `${usePathname()}${useSearch()}`;
  const before = useRef(connection);
  useEffect(() => {
    if (before.current === 'lost' && connection === 'live') void queryClient.invalidateQueries();
    before.current = connection;
  }, [connection]);
  if (connection === 'ended')
    return (
      <p role="alert" className="border-b border-line bg-bad-soft px-4 py-1.5 text-sm text-bad">
        You are logged out.{' '}
        <a className="underline" href={here}>
          Log in
        </a>{' '}
        to go on; what you see is from before.
      </p>
    );
  if (connection !== 'lost') return null;
  return (
    <p role="status" className="border-b border-line bg-warn-soft px-4 py-1.5 text-sm text-warn">
      The engine does not answer. What you see is from before; the page goes on by itself.
    </p>
  );
}
