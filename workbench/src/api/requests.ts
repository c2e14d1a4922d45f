/**
 * The endpoint tester's request, and its answer while it comes: lines of JSON (`AnswerLine`).
 *
 * Invariants
 * 1. The reader is told of a head at once, of pieces at most ten times a second, and of the end.
 * 2. Aborting ends the request in the engine too, and what the step does for it.
 */
import { grown, type Line, linesOf, type RequestAnswer } from './answer';
import { ApiError, address, refusalOf, type Schemas } from './client';

export type RequestToSend = Schemas['RequestBody'];
const TELL_MS = 100;

/** Send it; `tell` gets the answer as far as it came. Resolves with the whole; an abort is an end too. */
export async function sendRequest(
  request: RequestToSend,
  { signal, tell }: { signal: AbortSignal; tell: (answer: RequestAnswer) => void },
): Promise<RequestAnswer | undefined> {
  let answer: RequestAnswer | undefined;
  let timer: number | undefined;
  const tellNow = () => {
    timer = undefined;
    if (answer !== undefined) tell(answer);
  };
  try {
    for await (const line of linesOf(await ask(request, signal))) {
      const isHead = answer === undefined;
      answer = grown(answer, JSON.parse(line) as Line);
      if (isHead) tellNow();
      else timer ??= window.setTimeout(tellNow, TELL_MS);
    }
  } catch (error) {
    if (error instanceof ApiError) throw error;
    if (answer !== undefined) return { ...answer, ended: signal.aborted ? 'stopped' : 'broken' };
    if (signal.aborted) return undefined;
    throw new ApiError(0, 'unreachable', 'The engine does not answer.', 'Is it running?', null);
  } finally {
    clearTimeout(timer);
  }
  return answer;
}

async function ask(request: RequestToSend, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const response = await fetch(address('/v1/requests'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    credentials: 'same-origin',
    signal,
  });
  if (!response.ok || response.body === null) throw refusalOf(response.status, await response.text());
  return response.body;
}
