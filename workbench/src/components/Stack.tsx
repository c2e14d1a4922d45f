/** An error with its stack: frames of the project lead to the source view at their line, others step back. */
import { useState } from 'react';
import { Link } from 'wouter';
import { useStepOfFile } from '../api/catalog';
import { count } from '../lib/format';
import { segment } from '../lib/location';
import { type Frame, folded, foldText, framesOf } from '../lib/stack';
import { CopyButton, Json } from './Json';

export interface ErrorShown {
  name: string;
  message: string;
  stack: string;
  kind?: string;
  details?: unknown;
}

export function ErrorBox({ error, step }: { error: ErrorShown; step: string }) {
  return (
    <div className="flex flex-col gap-2 rounded-md border border-bad bg-bad-soft/60 p-3">
      <div className="flex items-start gap-2">
        <p className="min-w-0 flex-1 break-words font-medium">
          <span className="font-mono text-[13px] text-bad">{error.name}</span>
          {error.kind !== undefined && error.kind !== 'error' && (
            <span className="ml-2 rounded bg-panel px-1.5 py-0.5 text-xs text-muted">{error.kind}</span>
          )}
          <LongText text={error.message} />
        </p>
        <CopyButton text={() => `${error.name}: ${error.message}\n${error.stack}`} />
      </div>
      {error.stack !== '' && <Stack stack={error.stack} step={step} />}
      {error.details !== null && error.details !== undefined && (
        <div className="rounded bg-panel p-2">
          <Json name="details" value={error.details} />
        </div>
      )}
    </div>
  );
}

const LONG_CHARS = 500;
const LONG_LINES = 8;

/** A message, folded when it would push away what stands below it. */
export function LongText({ text }: { text: string }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > LONG_CHARS || text.split('\n', LONG_LINES + 1).length > LONG_LINES;
  return (
    <>
      <span className={`mt-0.5 whitespace-pre-wrap ${isLong && !isOpen ? 'line-clamp-6' : 'block'}`}>{text}</span>
      {isLong && (
        <button type="button" aria-expanded={isOpen} className="text-sm text-accent" onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Less of it' : `All ${count(text.length)} characters`}
        </button>
      )}
    </>
  );
}

export function Stack({ stack, step }: { stack: string; step: string }) {
  const stepOf = useStepOfFile(step);
  const [isWhole, setWhole] = useState(false);
  const [isUnfolded, setUnfolded] = useState(false);
  const frames = framesOf(stack);
  const shown = isWhole ? frames : frames.filter((frame) => !frame.isForeign);
  const hidden = frames.length - shown.length;
  const lines = isUnfolded ? shown : folded(shown);
  return (
    <div className="overflow-x-auto rounded bg-panel p-2 font-mono text-[12px] leading-5">
      {lines.map((line, at) =>
        'times' in line ? (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other name
            key={at}
            type="button"
            title="Show all of them"
            className="block whitespace-pre text-muted hover:text-ink"
            onClick={() => setUnfolded(true)}
          >
            {`  ${foldText(line)}`}
          </button>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <FrameLine key={at} frame={line} step={line.file === undefined ? undefined : stepOf(line.file)} />
        ),
      )}
      {isUnfolded && (
        <button type="button" className="mr-4 text-muted hover:text-ink" onClick={() => setUnfolded(false)}>
          Fold what repeats
        </button>
      )}
      {(hidden > 0 || isWhole) && (
        <button type="button" className="mt-1 text-muted hover:text-ink" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Hide frames of libraries' : `${hidden} ${hidden === 1 ? 'line' : 'lines'} of libraries`}
        </button>
      )}
    </div>
  );
}

function FrameLine({ frame, step }: { frame: Frame; step: string | undefined }) {
  if (frame.file === undefined) {
    return <div className={`whitespace-pre ${frame.isForeign ? 'text-muted' : ''}`}>{frame.text}</div>;
  }
  if (step === undefined) return <div className="whitespace-pre font-medium">{frame.text}</div>;
  return (
    <Link
      href={`/steps/${segment(step)}?line=${frame.line}`}
      title={`Open ${frame.file} at line ${frame.line}`}
      className="block whitespace-pre font-medium text-accent hover:underline"
    >
      {frame.text}
    </Link>
  );
}
