/** An answer of the project's API that comes in lines of JSON: how it grows. */
import type { components } from './schema';

export type Line =
  | components['schemas']['AnswerHead']
  | components['schemas']['AnswerPiece']
  | components['schemas']['AnswerEnd'];

export interface RequestAnswer {
  status: number;
  headers: readonly (readonly [name: string, value: string])[];
  /** What came so far: text, or base64 when it is no text. */
  body: string;
  is_binary: boolean;
  is_stream: boolean;
  /** How it ended; null while it comes. */
  ended: 'whole' | 'too-large' | 'too-long' | 'broken' | 'stopped' | null;
  /** Until its head. */
  head_ms: number;
  /** Until now, or its end. */
  duration_ms: number;
  trace: string | null;
}

/** The answer with one more line of it. */
export function grown(answer: RequestAnswer | undefined, line: Line): RequestAnswer {
  if (line.kind === 'head') {
    const { status, headers, trace, is_stream, duration_ms } = line;
    const began = { body: '', is_binary: false, ended: null, head_ms: duration_ms };
    return { status, headers, trace, is_stream, duration_ms, ...began };
  }
  if (answer === undefined) throw new Error('a piece came before the head');
  if (line.kind === 'end') return { ...answer, ended: line.ended, duration_ms: line.duration_ms };
  return {
    ...answer,
    body: answer.body + (line.text ?? line.base64 ?? ''),
    is_binary: line.base64 != null,
    duration_ms: line.duration_ms,
  };
}

/** The lines of a stream, each when it is whole. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    const parts = (rest + (value === undefined ? '' : decoder.decode(value, { stream: true }))).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
    if (done) return;
  }
}
