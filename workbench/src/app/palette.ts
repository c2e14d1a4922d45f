/** What the palette finds: places by a few letters of their name, ids that were pasted. */

export interface Entry {
  id: string;
  title: string;
  /** What it is: `Screen`, `event step in Ruby`, `Act`. */
  about: string;
  /** Where it leads, or what it does. */
  go: string | (() => void);
  /** Shown only when something was typed. */
  isOnAsking?: boolean;
  /** Found by its first word only: an act on a step is not what is meant by the step's name. */
  isByVerb?: boolean;
}

const FOUND_MAX = 12;

/** The best first: names that begin with the text, then those that hold it, then those that have its letters. */
export function found(entries: readonly Entry[], text: string): Entry[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return entries.filter((one) => !one.isOnAsking).slice(0, FOUND_MAX);
  const ranked = entries
    .map((entry, at) => ({ entry, at, rank: rankOf(entry, wanted) }))
    .filter((one) => one.rank < Number.POSITIVE_INFINITY)
    .sort((one, other) => one.rank - other.rank || one.at - other.at);
  return [...byId(wanted), ...ranked.map((one) => one.entry)].slice(0, FOUND_MAX);
}

/** An id that was pasted goes to what it names; those of runs and of instances look alike. */
function byId(text: string): Entry[] {
  if (/^[0-9a-f]{16}$/.test(text))
    return [
      { id: text, title: text, about: 'Run', go: `/runs/${text}` },
      { id: `instance:${text}`, title: text, about: 'Workflow instance', go: `/workflows/instances/${text}` },
    ];
  if (/^[0-9a-f]{32}$/.test(text)) return [{ id: text, title: text, about: 'Trace', go: `/traces/${text}` }];
  return [];
}

function rankOf(entry: Entry, wanted: string): number {
  const title = entry.title.toLowerCase();
  const [verb = ''] = wanted.split(/\s+/);
  if (entry.isByVerb && !title.startsWith(verb)) return Number.POSITIVE_INFINITY;
  if (title.startsWith(wanted)) return 0;
  if (title.includes(wanted)) return 1;
  return fits(title, wanted) ? 2 : Number.POSITIVE_INFINITY;
}

/** Whether the letters of `text` occur in `title`, in this order. */
function fits(title: string, text: string): boolean {
  let from = 0;
  for (const letter of text.replace(/\s+/g, '')) {
    from = title.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}
