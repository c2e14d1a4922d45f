/** What the reader of this page may do; the engine checks it again. */
import { useQuery } from '@tanstack/react-query';
import { type ApiError, get } from './client';

interface Session {
  permission: 'view' | 'operate';
  environment: string;
}

/** Whether acts are offered. True until the engine says otherwise: it refuses what is not allowed. */
export function useMayOperate(): boolean {
  const { data } = useQuery<Session, ApiError>({
    queryKey: ['/v1/session'],
    queryFn: ({ signal }) => get('/v1/session' as never, { signal }) as Promise<Session>,
    retry: false,
  });
  return data?.permission !== 'view';
}
