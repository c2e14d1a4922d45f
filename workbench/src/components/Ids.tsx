/** Links from an id to where it is shown: every id on every screen is one. */
import { Link } from 'wouter';
import { type Filters, linkTo, segment } from '../lib/location';

const look = 'font-mono text-[13px] text-accent hover:underline';

/** `filters`: of the list that it is opened beside, which stays as it is. */
export function RunLink({ id, filters }: { id: string; filters?: Filters }) {
  return (
    <Link href={linkTo(`/runs/${segment(id)}`, filters)} className={look}>
      {id}
    </Link>
  );
}

/** By its end: traces of the same time begin alike. */
export function TraceLink({ id }: { id: string }) {
  return (
    <Link href={`/traces/${segment(id)}`} className={look} title={id}>
      …{id.slice(-8)}
    </Link>
  );
}

export function StepLink({ id }: { id: string }) {
  return (
    <Link href={`/steps/${segment(id)}`} className="text-accent hover:underline">
      {id}
    </Link>
  );
}

/** A place in a step's source; opens the source view at the line. */
export function SourceLink({ step, file, line }: { step: string; file: string; line: number }) {
  return (
    <Link href={`/steps/${segment(step)}?line=${line}`} className={look}>
      {file}:{line}
    </Link>
  );
}
