/** How often each step failed in the last hour. */
import { useMemo } from 'react';
import { useApi } from '../../api/queries';
import { useNow } from '../../components/Time';
import { failuresByMinute } from './series';

const MINUTES = 60;

export function useFailures(): (step: string) => readonly number[] {
  const metrics = useApi('/v1/metrics', {
    query: { window_s: MINUTES * 60 } as never,
    live: ['error'],
    everyMs: 5_000,
  });
  const minute = Math.floor(useNow() / 60_000);
  return useMemo(() => {
    const byStep = new Map(
      (metrics.data?.metrics ?? []).map((one) => [
        one.step,
        failuresByMinute(one.points, { now: minute * 60_000, minutes: MINUTES }),
      ]),
    );
    return (step) => byStep.get(step) ?? [];
  }, [metrics.data, minute]);
}
