/** The members of an instance, left to right, painted by state. Loaded when an instance is shown. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { StateBadge } from '../../components/StateBadge';
import { useNow } from '../../components/Time';
import { duration } from '../../lib/format';
import { CHANNEL, type Laid, layOut, NODE_HEIGHT, NODE_WIDTH, PITCH, type Point } from '../../lib/layout';
import { linksOf, type Member, type MemberLink, tookMs, wordOf } from './instance';

const MARGIN = 16;
const SCALE_MIN = 0.55;

/** Outlines differ besides their colour: what never ran is dashed, what is under way is thick. */
const OUTLINES: Record<string, string> = {
  completed: 'border-good',
  running: 'border-2 border-info',
  retrying: 'border-2 border-warn',
  ready: 'border-2 border-ink',
  scheduled: 'border-2 border-muted',
  blocked: 'border-warn',
  parked: 'border-warn',
  dead: 'border-2 border-bad',
  cancelled: 'border-dashed border-muted',
  skipped: 'border-dashed border-muted',
};
const LINES: Record<MemberLink['state'], string> = {
  done: 'stroke-good',
  open: 'stroke-muted [stroke-dasharray:6_4]',
  broken: 'stroke-bad [stroke-dasharray:1_5]',
};

export default function MemberGraph({
  members,
  chosen,
  choose,
}: {
  members: readonly Member[];
  chosen: string | undefined;
  choose: (step: string | undefined) => void;
}) {
  const frame = useRef<HTMLElement>(null);
  const size = useSize(frame);
  const links = useMemo(() => linksOf(members), [members]);
  // Laid out anew only when members come or go: not when one of them changes its state.
  const shape = JSON.stringify([members.map((member) => member.step), links.map((link) => [link.source, link.target])]);
  const laid = useMemo(() => placed(shape), [shape]);
  const [width, height] = [laid.columns * PITCH - CHANNEL + 2 * MARGIN, laid.height + 2 * MARGIN];
  const scale = Math.max(Math.min(1, size.width / width, size.height / height), SCALE_MIN);
  return (
    <section
      ref={frame}
      aria-label="Graph of the members"
      className="flex h-full overflow-auto"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <div className="m-auto shrink-0" style={{ width: width * scale, height: height * scale }}>
        <div className="relative" style={{ width, height, transform: `scale(${scale})`, transformOrigin: '0 0' }}>
          <Lines links={links} laid={laid} width={width} height={height} />
          {members.map((member) => (
            <MemberNode
              key={member.step}
              member={member}
              at={laid.at.get(member.step) ?? { x: 0, y: 0 }}
              isChosen={member.step === chosen}
              choose={() => choose(member.step === chosen ? undefined : member.step)}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

function placed(shape: string): Laid {
  const [steps, pairs] = JSON.parse(shape) as [string[], [string, string][]];
  return layOut(
    steps,
    pairs.map(([source, target]) => ({ source, target })),
  );
}

function MemberNode({
  member,
  at,
  isChosen,
  choose,
}: {
  member: Member;
  at: Point;
  isChosen: boolean;
  choose: () => void;
}) {
  const took = tookMs(member, useNow());
  const outline = OUTLINES[member.state ?? ''] ?? 'border-dashed border-line';
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={choose}
      title={member.why || member.step}
      className={`absolute flex flex-col justify-center gap-1 rounded-md border bg-panel px-2.5 text-left ${outline} ${isChosen ? 'outline-2 outline-accent' : 'hover:bg-raised'}`}
      style={{ left: at.x + MARGIN, top: at.y + MARGIN, width: NODE_WIDTH, height: NODE_HEIGHT }}
    >
      <span className="w-full truncate text-[13px] font-semibold">{member.step}</span>
      <span className="flex w-full items-center gap-2 text-xs text-muted">
        <StateBadge state={wordOf(member)} />
        {took !== undefined && <span className="ml-auto tabular-nums">{duration(took)}</span>}
      </span>
    </button>
  );
}

function Lines({
  links,
  laid,
  width,
  height,
}: {
  links: readonly MemberLink[];
  laid: Laid;
  width: number;
  height: number;
}) {
  return (
    <svg className="absolute inset-0" width={width} height={height} aria-hidden>
      <defs>
        <marker id="member-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0,1 L10,5 L0,9 z" className="fill-muted" />
        </marker>
      </defs>
      {links.map((link) => {
        const [from, to] = [laid.at.get(link.source), laid.at.get(link.target)];
        if (from === undefined || to === undefined) return null;
        return (
          <path
            key={`${link.source} ${link.target}`}
            d={curve(from, to)}
            fill="none"
            strokeWidth={1.75}
            strokeLinecap="round"
            className={LINES[link.state]}
            markerEnd="url(#member-arrow)"
          />
        );
      })}
    </svg>
  );
}

/** From the right side of one to the left side of the other. */
function curve(from: Point, to: Point): string {
  const [x1, y1] = [from.x + MARGIN + NODE_WIDTH, from.y + MARGIN + NODE_HEIGHT / 2];
  const [x2, y2] = [to.x + MARGIN - 2, to.y + MARGIN + NODE_HEIGHT / 2];
  const bend = Math.max((x2 - x1) / 2, 24);
  return `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
}

function useSize(of: React.RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    if (of.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(of.current);
    return () => observer.disconnect();
  }, [of]);
  return size;
}
