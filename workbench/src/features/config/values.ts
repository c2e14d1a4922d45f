/** Configured values as rows: in words of their unit, with what they were set by. */
import type { Schemas } from '../../api/client';
import { bytes, count, plainDuration } from '../../lib/format';

export type ConfigEntry = Schemas['ConfigEntry'];

/** Seconds, by the end of their key: the settings keep durations in seconds. */
const DURATIONS = ['timeout', 'keep_alive', 'grace', 'runs', 'logs'];

/** What a value means to people; null when it says it itself. */
export function meaning(key: string, value: unknown): string | null {
  if (typeof value !== 'number') return null;
  const [room = '', name = ''] = [key.split('.')[0], key.split('.').at(-1)];
  if (name.endsWith('_bytes') || name === 'bytes') return bytes(value);
  const isDuration =
    name.endsWith('_timeout') || (DURATIONS.includes(name) && ['limits', 'shutdown', 'retention'].includes(room));
  if (isDuration) return plainDuration(value * 1_000);
  return value >= 100_000 ? count(value) : null;
}

/** The value as it would be written. */
export function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function isDefault(entry: ConfigEntry): boolean {
  return entry.origin.startsWith('default');
}

export function chosen(
  entries: readonly ConfigEntry[],
  { text = '', show = '' }: { text?: string | undefined; show?: string | undefined },
): ConfigEntry[] {
  const wanted = text.toLowerCase();
  return entries.filter(
    (entry) =>
      (show !== 'set' || !isDefault(entry)) &&
      `${entry.key} ${written(entry.value)} ${entry.origin}`.toLowerCase().includes(wanted),
  );
}
