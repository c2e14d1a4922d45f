/** Log lines beside what they belong to: oldest first, fields open on demand. */

import { useState } from 'react';
import type { Schemas } from '../api/client';
import { printJson } from '../lib/exact';
import { clock, exact, instant } from '../lib/format';
import { Json, keyText } from './Json';

export type LogLine = Schemas['LogView'];

const LEVELS: Record<string, string> = {
  debug: 'text-muted',
  info: 'text-info',
  warn: 'text-warn',
  error: 'text-bad',
};

export function LogLines({
  lines,
  withStep = false,
  from,
}: {
  lines: readonly LogLine[];
  withStep?: boolean;
  /** Times are shown as a distance from this instant instead of the time of day. */
  from?: number;
}) {
  return (
    <ol className="font-mono text-[12px] leading-5">
      {lines.map((line) => (
        <Line key={line.id} line={line} withStep={withStep} from={from} />
      ))}
    </ol>
  );
}

function Line({ line, withStep, from }: { line: LogLine; withStep: boolean; from: number | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const at = instant(line.at);
  const isLong = line.message.includes('\n') || line.message.length > 160;
  const opens = isLong || line.fields !== null;
  const text = isOpen ? line.message : (line.message.split('\n')[0] ?? '').slice(0, 400);
  return (
    <li className="border-b border-line/60 px-3 py-0.5 [contain-intrinsic-size:auto_25px] [content-visibility:auto] last:border-0 hover:bg-raised">
      <div className="flex items-start gap-2">
        <time
          className={`shrink-0 text-muted tabular-nums ${from === undefined ? '' : 'min-w-[74px]'}`}
          title={exact(at)}
        >
          {from === undefined ? clock(at) : `+${((at - from) / 1_000).toFixed(3)} s`}
        </time>
        <span className={`w-10 shrink-0 font-medium ${LEVELS[line.level] ?? ''}`}>{line.level}</span>
        {withStep && line.step !== null && (
          <span className="w-24 shrink-0 truncate text-muted" title={line.step}>
            {line.step}
          </span>
        )}
        {opens ? (
          <button
            type="button"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
            className={`min-w-0 flex-1 text-left ${isOpen ? 'whitespace-pre-wrap break-words' : 'truncate'}`}
          >
            <span className="mr-1 text-muted" aria-hidden>
              {isOpen ? '▾' : '▸'}
            </span>
            <bdi>{text}</bdi>
            {!isOpen && line.fields !== null && <span className="ml-2 text-muted">{fieldsText(line.fields)}</span>}
          </button>
        ) : (
          <bdi className="min-w-0 flex-1 truncate">{text}</bdi>
        )}
        {line.attempt > 1 && <span className="shrink-0 text-muted">attempt {line.attempt}</span>}
      </div>
      {isOpen && line.fields !== null && (
        <div className="py-1 pl-6">
          <Json value={line.fields} />
        </div>
      )}
    </li>
  );
}

function fieldsText(fields: unknown): string {
  if (typeof fields !== 'object' || fields === null) return String(fields);
  return Object.entries(fields)
    .slice(0, 6)
    .map(([name, value]) => `${keyText(name)}=${typeof value === 'string' ? value : printJson(value)}`)
    .join(' ')
    .slice(0, 200);
}
