/** Something done to many runs: first which ones, then in parts, with how far it is. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ApiError, type Schemas, send } from '../api/client';

export type BulkView = Schemas['BulkView'];

export interface BulkTask {
  path: '/v1/dead/replay' | '/v1/dead/purge' | '/v1/runs/replay' | '/v1/runs/cancel';
  /** Which runs: by their ids (none: no run), or by a filter. */
  where: {
    ids?: readonly string[];
    state?: readonly string[];
    step?: string | undefined;
    text?: string | undefined;
    trace?: string;
    kind?: string;
    since?: string;
    until?: string;
    fingerprint?: string;
  };
}

export interface Bulk {
  preview: BulkView | null;
  error: ApiError | null;
  isRunning: boolean;
  done: number;
  failed: readonly Schemas['BulkFailure'][];
  /** Do it; resolves with how many were done when there are no more, or after `stop`. */
  run: () => Promise<{ done: number; failed: number } | null>;
  stop: () => void;
}

const PART = 200;
const FAILED_MAX = 100;
/** Lists that show what a bulk operation changes. */
const CHANGED = ['/v1/runs', '/v1/runs/counts', '/v1/runs/{run}', '/v1/dead', '/v1/queues', '/v1/errors'];

export function useBulk(task: BulkTask): Bulk {
  const client = useQueryClient();
  const [preview, setPreview] = useState<BulkView | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [isRunning, setRunning] = useState(false);
  const [done, setDone] = useState(0);
  const [failed, setFailed] = useState<Schemas['BulkFailure'][]>([]);
  const isStopped = useRef(false);
  const wanted = JSON.stringify(task);

  useEffect(() => {
    let isCurrent = true;
    const { path, where } = JSON.parse(wanted) as BulkTask;
    setPreview(null);
    setError(null);
    ask(path, { ...where, dry_run: true })
      .then((view) => isCurrent && setPreview(view))
      .catch((failure: unknown) => isCurrent && failure instanceof ApiError && setError(failure));
    return () => {
      isCurrent = false;
      isStopped.current = true;
    };
  }, [wanted]);

  const run = async () => {
    isStopped.current = false;
    setRunning(true);
    setError(null);
    let sum = 0;
    let bad = 0;
    let cursor: string | null = null;
    try {
      do {
        // Purging takes no parts: what is gone cannot be counted twice.
        const part = task.path === '/v1/dead/purge' ? {} : { limit: PART, ...(cursor === null ? {} : { cursor }) };
        const view = await ask(task.path, { ...task.where, ...part });
        sum += view.count;
        bad += view.failed.length;
        cursor = view.cursor ?? null;
        setDone(sum);
        setFailed((before) => [...before, ...view.failed].slice(0, FAILED_MAX));
      } while (cursor !== null && !isStopped.current);
      return { done: sum, failed: bad };
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure);
      return null;
    } finally {
      setRunning(false);
      for (const path of CHANGED) void client.invalidateQueries({ queryKey: [path] });
    }
  };
  const stop = () => {
    isStopped.current = true;
  };
  return { preview, error, isRunning, done, failed, run, stop };
}

function ask(path: BulkTask['path'], body: object): Promise<BulkView> {
  return send('post', path, { body: body as never }) as Promise<BulkView>;
}
