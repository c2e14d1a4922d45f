/** One line: time, level, step, message with its fields; open, all of it. */

import { Bug, CircleX, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import { type MouseEvent, memo, type Ref } from 'react';
import { Link } from 'wouter';
import { RunLink, StepLink, TraceLink } from '../../components/Ids';
import { CopyButton, Json, keyText } from '../../components/Json';
import { printJson } from '../../lib/exact';
import { clock, exact } from '../../lib/format';
import { segment } from '../../lib/location';
import { asJson, type LogLine } from './line';

export const ROW_PX = 26;

const LOOKS: Record<string, { icon: LucideIcon; colour: string; row: string }> = {
  debug: { icon: Bug, colour: 'text-muted', row: '' },
  info: { icon: Info, colour: 'text-info', row: '' },
  warn: { icon: TriangleAlert, colour: 'text-warn', row: 'bg-warn-soft/40' },
  error: { icon: CircleX, colour: 'text-bad', row: 'bg-bad-soft/50' },
};
const PREVIEW_FIELDS = 6;
const PREVIEW_TEXT = 60;

interface Props {
  line: LogLine;
  index: number;
  start: number;
  isOpen: boolean;
  isMarked: boolean;
  measure: Ref<HTMLDivElement>;
  choose: (index: number, event: MouseEvent) => void;
}

export const LogRow = memo(function LogRow({ line, index, start, isOpen, isMarked, measure, choose }: Props) {
  const look = LOOKS[line.level] ?? { icon: Info, colour: 'text-muted', row: '' };
  const Icon = look.icon;
  return (
    <div
      ref={isOpen ? measure : undefined}
      data-index={index}
      role="presentation"
      className={`absolute left-0 w-full border-b border-line/60 font-mono text-[13px] ${isMarked ? 'bg-accent-soft' : look.row}`}
      style={{ transform: `translateY(${start}px)`, ...(isOpen ? {} : { height: ROW_PX }) }}
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: j, k and Enter move and open lines from anywhere */}
      <div
        role="row"
        aria-rowindex={index + 1}
        aria-selected={isMarked}
        onClick={(event) => choose(index, event)}
        className="grid cursor-pointer grid-cols-[92px_62px_minmax(90px,160px)_minmax(0,1fr)_72px] items-center gap-2 px-4 hover:bg-raised"
        style={{ height: ROW_PX - 1 }}
      >
        <time role="cell" className="text-muted tabular-nums" title={exact(line.at)}>
          {clock(line.at)}
        </time>
        <span role="cell" className={`inline-flex items-center gap-1 ${look.colour}`}>
          <Icon size={12} aria-hidden />
          {line.level}
        </span>
        <span role="cell" className="truncate text-muted" title={line.step ?? line.source}>
          {line.step ?? line.source}
        </span>
        <span role="cell" className="truncate">
          <bdi>{line.message}</bdi>
          {!isOpen && <Preview fields={line.fields} />}
        </span>
        <span role="cell" className="flex justify-end gap-2 font-sans text-xs">
          {line.run !== null && <Jump to={`/runs/${segment(line.run)}`} id={line.run} name="run" />}
          {line.trace !== null && <Jump to={`/traces/${segment(line.trace)}`} id={line.trace} name="trace" />}
        </span>
      </div>
      {isOpen && <Whole key={line.key} line={line} />}
    </div>
  );
});

function Jump({ to, id, name }: { to: string; id: string; name: string }) {
  return (
    <Link href={to} title={`${name} ${id}`} aria-label={`${name} ${id}`} className="text-accent hover:underline">
      {name}
    </Link>
  );
}

function Preview({ fields }: { fields: unknown }) {
  if (typeof fields !== 'object' || fields === null) return null;
  return Object.entries(fields)
    .slice(0, PREVIEW_FIELDS)
    .map(([name, value], at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: by place, so that the next line's fields reuse the elements
      <span key={at} className="ml-3 text-muted">
        <bdi>{keyText(name)}</bdi>=<bdi className="text-ink">{short(value)}</bdi>
      </span>
    ));
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : printJson(value);
  return text.length > PREVIEW_TEXT ? `${text.slice(0, PREVIEW_TEXT)}…` : text;
}

function Whole({ line }: { line: LogLine }) {
  const facts = [
    ['Step', line.step === null ? null : <StepLink key="step" id={line.step} />],
    ['Run', line.run === null ? null : <RunLink key="run" id={line.run} />],
    ['Attempt', line.run === null ? null : String(line.attempt)],
    ['Trace', line.trace === null ? null : <TraceLink key="trace" id={line.trace} />],
    ['Source', line.source],
    ['Time', exact(line.at)],
  ] as const;
  return (
    <div role="row" tabIndex={-1} className="border-l-2 border-accent bg-panel px-4 py-2 pl-[112px]">
      <div role="cell" className="flex flex-col gap-2">
        <p className="max-h-80 overflow-auto whitespace-pre-wrap break-words">{line.message}</p>
        {line.fields !== null && <Json value={line.fields} />}
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1 font-sans text-xs">
          {facts
            .filter(([, value]) => value !== null && value !== '')
            .map(([name, value]) => (
              <span key={name}>
                <span className="text-muted">{name}</span> {value}
              </span>
            ))}
          <CopyButton label="Copy as JSON" text={() => printJson(asJson(line), 2)} />
        </div>
      </div>
    </div>
  );
}
