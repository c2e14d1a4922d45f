/** What the engine noted about the trigger of a run, such as the tick of a cron: as facts. */

export interface TriggerInfo {
  /** Named by what happened: `scheduled` for `scheduledAt`. In ms since the epoch. */
  instants: [name: string, at: number][];
  texts: [name: string, text: string][];
  /** What is no single value; null when there is nothing of the kind. */
  rest: Record<string, unknown> | null;
}

export function triggerInfo(info: unknown): TriggerInfo {
  const found: TriggerInfo = { instants: [], texts: [], rest: null };
  if (typeof info !== 'object' || info === null) return found;
  for (const [name, value] of Object.entries(info)) {
    if (name.endsWith('At') && typeof value === 'number') found.instants.push([wordsOf(name.slice(0, -2)), value]);
    else if (typeof value === 'object' && value !== null) found.rest = { ...found.rest, [name]: value };
    else if (value !== null) found.texts.push([wordsOf(name), String(value)]);
  }
  return found;
}

/** `timezoneOffset` as `Timezone offset`. */
function wordsOf(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
