/**
 * An act over many runs, a page at a time.
 *
 * Invariants
 * 1. Pages follow each other by the cursor of the answer, so that what the act itself makes is never met.
 * 2. A stop takes effect after the page that is under way; what is done stays done.
 */
import { useRef, useState } from 'react';
import { type Schemas, send } from '../../api/client';
import { queryClient } from '../../api/queries';
import type { Act, Selection, State } from './query';

export const PAGE = 100;
const FAILURES_KEPT = 50;

export type What = { ids: readonly string[] } | { selection: Selection; states: readonly State[] };
type Answer = Schemas['BulkView'];

export interface Progress {
  status: 'idle' | 'going' | 'done' | 'stopped' | 'broken';
  done: number;
  failed: number;
  failures: Answer['failed'];
  error: unknown;
}

const IDLE: Progress = { status: 'idle', done: 0, failed: 0, failures: [], error: null };

export function useBulk(act: Act) {
  const [progress, setProgress] = useState<Progress>(IDLE);
  const isStopped = useRef(false);
  const go = async (what: What) => {
    isStopped.current = false;
    let state: Progress = { ...IDLE, status: 'going' };
    setProgress(state);
    try {
      for await (const page of pagesOf(act, what)) {
        state = added(state, page);
        setProgress(state);
        if (isStopped.current) break;
      }
      setProgress({ ...state, status: isStopped.current ? 'stopped' : 'done' });
    } catch (error) {
      setProgress({ ...state, status: 'broken', error });
    }
    for (const path of ['/v1/runs', '/v1/runs/counts', '/v1/runs/{run}']) {
      void queryClient.invalidateQueries({ queryKey: [path] });
    }
  };
  const stop = () => {
    isStopped.current = true;
  };
  return { progress, go, stop };
}

export function added(state: Progress, page: Answer): Progress {
  return {
    ...state,
    done: state.done + page.count,
    failed: state.failed + page.failed.length,
    failures: [...state.failures, ...page.failed].slice(0, FAILURES_KEPT),
  };
}

/** What would be done; changes nothing. */
export async function preview(act: Act, what: What): Promise<Answer> {
  return post(act, { ...bodyOf(what), dry_run: true });
}

async function* pagesOf(act: Act, what: What): AsyncGenerator<Answer> {
  if ('ids' in what) {
    for (let at = 0; at < what.ids.length; at += PAGE) yield await post(act, { ids: what.ids.slice(at, at + PAGE) });
    return;
  }
  let cursor: string | null = null;
  do {
    const page: Answer = await post(act, { ...bodyOf(what), limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    yield page;
    cursor = page.cursor;
  } while (cursor !== null);
}

function bodyOf(what: What): object {
  return 'ids' in what ? { ids: what.ids } : { ...what.selection, state: what.states };
}

function post(act: Act, body: object): Promise<Answer> {
  return send('post', act === 'replay' ? '/v1/runs/replay' : '/v1/runs/cancel', { body: body as never });
}
