/**
 * A value that is being edited while steps may change it.
 *
 * Invariants
 * 1. A value is written only over the version that the reader has seen: the engine compares and sets.
 * 2. A change made meanwhile never replaces what was typed; the reader chooses.
 * 3. What was hidden is never written back.
 */

import { useState } from 'react';
import { ApiError, type Schemas, send } from '../../api/client';
import { useAct } from '../../api/queries';
import { parseJson, printJson } from '../../lib/exact';
import { type Change, changes } from './diff';

type Entry = Schemas['EntryView'];

export interface Draft {
  text: string;
  isDirty: boolean;
  /** Why the text is no JSON. */
  fault: string | undefined;
  /** The newer version that a step wrote meanwhile, and what it changed. */
  newer: { entry: Entry; changes: readonly Change[] } | undefined;
  /** A step deleted it meanwhile. */
  isDeleted: boolean;
  isSaving: boolean;
  type: (text: string) => void;
  /** Forget what was typed and go on from the newest value. */
  takeTheirs: () => void;
  /** Keep what was typed and write it over the newest value, which the reader has now seen. */
  keepMine: () => void;
  save: (options: { onSaved: (entry: Entry) => void; onFailed: (error: unknown) => void }) => void;
}

const NOT_THERE = 0;

export function useDraft(entry: Entry, { isGone, reread }: { isGone: boolean; reread: () => unknown }): Draft {
  const [base, setBase] = useState(entry);
  const [text, setText] = useState(() => pretty(entry.value));
  const write = useAct(
    (value: unknown) =>
      send('put', '/v1/state/{group}/{key}', {
        params: { group: entry.group, key: entry.key },
        body: { value, version: base.version },
      }) as Promise<Entry>,
    ['/v1/state', '/v1/state/{group}', '/v1/state/{group}/{key}'],
  );
  const isDirty = text !== pretty(base.value) || base.version === NOT_THERE;
  const version = isGone ? NOT_THERE : entry.version;
  // While it is being saved, what changed is this very save, or its answer tells.
  const isNewer = !write.isPending && (version !== base.version || entry.redacted !== base.redacted);
  // Nothing typed: what is shown follows what is stored.
  if (isNewer && !isDirty && !isGone) {
    setBase(entry);
    setText(pretty(entry.value));
  }
  const fault = faultOf(text);
  const takeTheirs = () => {
    setBase(entry);
    setText(pretty(entry.value));
  };
  return {
    text,
    isDirty,
    fault,
    isDeleted: isGone && isNewer,
    newer: isNewer && isDirty && !isGone ? { entry, changes: changes(base.value, entry.value) } : undefined,
    isSaving: write.isPending,
    type: setText,
    takeTheirs,
    keepMine: () => setBase({ ...entry, version, value: base.value }),
    save: ({ onSaved, onFailed }) => {
      if (fault !== undefined) return;
      const value = parseJson(text);
      write.mutate(value, {
        onSuccess: (saved) => {
          setBase({ ...saved, value, redacted: base.redacted });
          setText(pretty(value));
          onSaved(saved);
        },
        onError: (error) => {
          if (error instanceof ApiError && error.status === 409) void reread();
          onFailed(error);
        },
      });
    },
  };
}

function pretty(value: unknown): string {
  return printJson(value, 2);
}

function faultOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
