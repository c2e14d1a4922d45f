/** One request at a time, and its answer while it comes; leaving the endpoint ends it. */
import { useEffect, useRef, useState } from 'react';
import type { RequestAnswer } from '../../api/answer';
import type { ApiError } from '../../api/client';
import { type RequestToSend, sendRequest } from '../../api/requests';

export interface Sending {
  answer: RequestAnswer | undefined;
  error: ApiError | null;
  isBusy: boolean;
  send: (request: RequestToSend, onEnd: (answer: RequestAnswer) => void) => void;
  /** End the request; what came stays. */
  stop: () => void;
}

export function useRequest(): Sending {
  const [answer, setAnswer] = useState<RequestAnswer | undefined>(undefined);
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const going = useRef<AbortController | null>(null);
  useEffect(() => () => going.current?.abort(), []);

  const send: Sending['send'] = async (request, onEnd) => {
    going.current?.abort();
    const mine = new AbortController();
    going.current = mine;
    const isMine = () => going.current === mine;
    setBusy(true);
    setError(null);
    try {
      const tell = (came: RequestAnswer) => isMine() && setAnswer(came);
      const ended = await sendRequest(request, { signal: mine.signal, tell });
      if (!isMine() || ended === undefined) return;
      setAnswer(ended);
      onEnd(ended);
    } catch (caught) {
      if (isMine()) setError(caught as ApiError);
    } finally {
      if (isMine()) setBusy(false);
    }
  };
  return {
    answer,
    error,
    isBusy,
    send: (request, onEnd) => void send(request, onEnd),
    stop: () => going.current?.abort(),
  };
}
