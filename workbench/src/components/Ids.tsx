/** Links from an id to where it is shown: every id on every screen is one. */
import { Link } from 'wouter';
import { type Filters, linkTo, segment } from '../lib/location';

const named = 'text-accent hover:underline';
const look = `font-mono text-[13px] ${named}`;

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

export function InstanceLink({ id, name = id }: { id: string; name?: string }) {
  return (
    <Link href={`/workflows/instances/${segment(id)}`} className={name === id ? look : named} title={`Instance ${id}`}>
      {name}
    </Link>
  );
}

export function StepLink({ id }: { id: string }) {
  return (
    <Link href={`/steps/${segment(id)}`} className={named}>
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
