/** How often a kind of failure came of late, as a line; said in words for whoever does not see it. */
import type { Schemas } from '../../api/client';
import { Sparkline } from '../../components/Sparkline';
import { useNow } from '../../components/Time';
import { count } from '../../lib/format';
import { failuresOf } from './series';

export const HOUR = { minutes: 1, stretches: 60, words: 'in the last hour' };
export const DAY = { minutes: 15, stretches: 96, words: 'in the last day' };

export function Series({ points, of }: { points: readonly Schemas['FailurePoint'][]; of: typeof HOUR }) {
  const now = Math.floor(useNow() / 60_000) * 60_000;
  const values = failuresOf(points, { now, ...of });
  const sum = values.reduce((total, value) => total + value, 0);
  return (
    <span title={`${count(sum)} ${of.words}`}>
      <Sparkline values={values} colour="var(--bad)" />
      <span className="sr-only">
        {count(sum)} {of.words}
      </span>
    </span>
  );
}
