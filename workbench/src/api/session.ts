/** What this reader may do. The engine decides; the page only says it beforehand. */
import { useQuery } from '@tanstack/react-query';
import { type ApiError, get, type Schemas } from './client';

export const VIEW_ONLY = 'You may look at this engine, not change anything in it.';

/** Whether acts are offered: until the engine has answered, and when it names no permission, they are. */
export function useMayOperate(): boolean {
  const session = useQuery<Schemas['SessionView'], ApiError>({
    queryKey: ['/v1/session'],
    queryFn: ({ signal }) => get('/v1/session', { signal }),
    retry: false,
  });
  return session.data?.permission !== 'view';
}
