/** What waits for somebody to look at it, by the screen that shows it. */
import { useApi } from '../api/queries';
import { count } from '../lib/format';

export interface Badge {
  text: string;
  /** In words, for who does not see the number's colour or place. */
  says: string;
  look: 'bad' | 'warn';
}

const MANY = 99;
const EVERY_MS = 2_000;

export function useBadges(): ReadonlyMap<string, Badge> {
  const status = useApi('/v1/status', { live: ['run', 'error', 'manifest', 'worker'], everyMs: EVERY_MS });
  const errors = useApi('/v1/errors', {
    query: { resolved: false, limit: MANY + 1 },
    live: ['error'],
    everyMs: EVERY_MS,
  });
  const dead = status.data?.runs.dead ?? 0;
  const parked = status.data?.runs.parked ?? 0;
  const open = errors.data?.errors.length ?? 0;
  const faults = status.data?.faults ?? 0;
  const badges = new Map<string, Badge>();
  if (open > 0) badges.set('/errors', { text: short(open), says: named(open, 'open error'), look: 'bad' });
  if (dead + parked > 0) {
    const parts = [dead > 0 ? named(dead, 'dead letter') : '', parked > 0 ? named(parked, 'parked event') : ''];
    badges.set('/queues', {
      text: short(dead + parked),
      says: parts.filter(Boolean).join(' and '),
      look: dead > 0 ? 'bad' : 'warn',
    });
  }
  if (faults > 0) {
    badges.set('/workers', { text: short(faults), says: `${named(faults, 'fault')} in the project`, look: 'bad' });
  }
  return badges;
}

function short(many: number): string {
  return many > MANY ? `${MANY}+` : count(many);
}

function named(many: number, word: string): string {
  return `${short(many)} ${word}${many === 1 ? '' : 's'}`;
}
