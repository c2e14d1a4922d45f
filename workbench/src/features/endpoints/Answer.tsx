/** What came of a request: status, time, headers, body, and the runs that it made, as they go on. */
import { useState } from 'react';
import type { RequestAnswer } from '../../api/answer';
import { TraceLink } from '../../components/Ids';
import { CopyButton, Json } from '../../components/Json';
import { Panel } from '../../components/Page';
import { TraceRuns } from '../../components/RunRows';
import { Loading } from '../../components/States';
import { bytes, count, duration } from '../../lib/format';
import { type Problem, type Shown, shownBody } from './draft';

const ENDS: Record<NonNullable<RequestAnswer['ended']>, string> = {
  whole: '',
  'too-large': 'There is more of it; this is its first MiB.',
  'too-long': 'It was still coming; the engine stopped listening.',
  broken: 'It broke off.',
  stopped: 'You stopped it here.',
};
const TEXT_MAX = 200_000;
const EVENTS_MAX = 500;

export function Answer({
  answer,
  problems,
  isBusy,
}: {
  answer: RequestAnswer | undefined;
  problems: readonly Problem[];
  isBusy: boolean;
}) {
  const [isRaw, setRaw] = useState(false);
  if (answer === undefined)
    return (
      <Panel title="Answer">
        {isBusy ? (
          <Loading what="the answer" />
        ) : (
          <p className="p-3 text-sm text-muted">
            Send the request: its answer stands here, with the trace that it made and every run that follows.
          </p>
        )}
      </Panel>
    );
  const isLive = isBusy && answer.ended === null;
  const shown: Shown = isRaw && !answer.is_binary ? { as: 'text', text: answer.body } : shownBody(answer);
  return (
    <>
      <Panel
        title="Answer"
        actions={
          <>
            <button
              type="button"
              aria-pressed={isRaw}
              onClick={() => setRaw(!isRaw)}
              className={`rounded px-1.5 py-0.5 text-xs ${isRaw ? 'bg-accent-soft text-accent' : 'text-muted hover:bg-raised'}`}
            >
              Raw
            </button>
            <CopyButton text={() => answer.body} label="Copy body" />
          </>
        }
      >
        <div
          role="status"
          className={`flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2 text-sm ${isBusy && !isLive ? 'opacity-50' : ''}`}
        >
          <StatusWord status={answer.status} />
          <span className="tabular-nums" title="Until its head came">
            {duration(answer.head_ms)}
          </span>
          {(isLive || answer.is_stream) && (
            <span className="tabular-nums text-muted" title="Until its last piece came">
              {isLive ? 'coming' : 'ended'} after {duration(answer.duration_ms)}
            </span>
          )}
          <span className="text-muted">{bytes(new TextEncoder().encode(answer.body).length)}</span>
          {answer.trace !== null && (
            <span>
              Trace <TraceLink id={answer.trace} />
            </span>
          )}
        </div>
        {problems.length > 0 && (
          <p className="px-3 pb-2 text-sm text-bad">
            {problems.length === 1 ? 'One value does not fit' : `${count(problems.length)} values do not fit`}: it is
            said beside {problems.length === 1 ? 'its field' : 'their fields'}.
          </p>
        )}
        <details className="border-t border-line">
          <summary className="cursor-pointer px-3 py-1.5 text-xs text-muted">
            {count(answer.headers.length)} headers
          </summary>
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 px-3 pb-2 font-mono text-xs">
            {answer.headers.map(([name, value], at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: names repeat, the order is the answer's
              <div key={at} className="contents">
                <dt className="text-muted">{name}</dt>
                <dd className="break-all">{value}</dd>
              </div>
            ))}
          </dl>
        </details>
        <div className="max-h-[50vh] overflow-auto border-t border-line p-3">
          {!(isLive && shown.as === 'nothing') && <Body shown={shown} />}
          {isLive && <p className="mt-2 text-xs text-muted">More is to come.</p>}
          {answer.ended !== null && ENDS[answer.ended] !== '' && (
            <p className="mt-2 text-xs text-warn">{ENDS[answer.ended]}</p>
          )}
        </div>
      </Panel>
      {answer.trace !== null && (
        <Panel title="What it made run">
          <TraceRuns key={answer.trace} trace={answer.trace} />
        </Panel>
      )}
    </>
  );
}

function Body({ shown }: { shown: Shown }) {
  switch (shown.as) {
    case 'nothing':
      return <p className="text-sm text-muted">No body.</p>;
    case 'json':
      return <Json value={shown.value} />;
    case 'binary':
      return (
        <p className="break-all font-mono text-xs text-muted">
          {bytes(Math.floor((shown.base64.length * 3) / 4))} that are no text; in base64: {shown.base64.slice(0, 400)}
          {shown.base64.length > 400 && '…'}
        </p>
      );
    case 'events':
      return (
        <ol className="flex flex-col gap-1">
          {shown.events.length > EVENTS_MAX && (
            <li className="text-xs text-muted">{count(shown.events.length - EVENTS_MAX)} before these</li>
          )}
          {shown.events.slice(-EVENTS_MAX).map((event, at) => {
            const place = Math.max(shown.events.length - EVENTS_MAX, 0) + at + 1;
            return (
              <li key={place} className="flex gap-3 border-b border-line pb-1 last:border-0">
                <span className="w-8 shrink-0 text-right text-xs text-muted">{place}</span>
                <pre className="min-w-0 whitespace-pre-wrap break-words font-mono text-[13px]">{event}</pre>
              </li>
            );
          })}
        </ol>
      );
    case 'text':
      return (
        <pre className="whitespace-pre-wrap break-words font-mono text-[13px]">{shown.text.slice(0, TEXT_MAX)}</pre>
      );
  }
}

/** As RFC 9110 and 6585 call them. */
const WORDS: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No content',
  301: 'Moved permanently',
  302: 'Found',
  303: 'See other',
  304: 'Not modified',
  307: 'Temporary redirect',
  308: 'Permanent redirect',
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  429: 'Too many requests',
  500: 'Internal server error',
  502: 'Bad gateway',
  503: 'Service unavailable',
  504: 'Gateway timeout',
};

export function StatusWord({ status }: { status: number }) {
  const colour =
    status >= 500 ? 'bg-bad-soft text-bad' : status >= 400 ? 'bg-warn-soft text-warn' : 'bg-good-soft text-good';
  return (
    <span className={`rounded px-1.5 py-0.5 font-mono text-sm font-semibold ${colour}`}>
      {status} {WORDS[status] ?? ''}
    </span>
  );
}
