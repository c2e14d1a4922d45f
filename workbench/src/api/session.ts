/** What this reader may do. The engine decides; the page only says it beforehand. */
import { useQuery } from '@tanstack/react-query';
import { type ApiError, get } from './client';

export interface Session {
  permission: 'view' | 'operate';
  environment: string;
}

export const VIEW_ONLY = 'You may look at this engine, not change anything in it.';

/** Whether acts are offered: until the engine has answered, and when it names no permission, they are. */
export function useMayOperate(): boolean {
  const session = useQuery<Session, ApiError>({
    queryKey: ['/v1/session'],
    queryFn: ({ signal }) => get('/v1/session' as never, { signal }) as Promise<Session>,
    retry: false,
  });
  return session.data?.permission !== 'view';
}
