/** A sentence of the scheduler: runs and instances in it are links, instants are in the reader's zone. */
import { type Part, partsOf } from '../lib/sentence';
import { InstanceLink, RunLink } from './Ids';
import { Time } from './Time';

export function WhyText({ text }: { text: string }) {
  return partsOf(text).map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence have no other name
    <Shown key={at} part={part} />
  ));
}

function Shown({ part }: { part: Part }) {
  if (part.kind === 'run') return <RunLink id={part.text} />;
  if (part.kind === 'instance') return <InstanceLink id={part.text} />;
  if (part.kind === 'instant') return <Time at={part.text} isClock />;
  return <span>{part.text}</span>;
}
