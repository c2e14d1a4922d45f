/** The workflow instances that something is part of: each a link by the name of its workflow, with its state. */
import type { Schemas } from '../api/client';
import { InstanceLink } from './Ids';
import { StateBadge } from './StateBadge';

export function InstanceLinks({ instances }: { instances: readonly Schemas['InstanceLink'][] }) {
  return (
    <ul aria-label="Workflow instances" className="flex flex-wrap gap-x-3 gap-y-1">
      {instances.map((one) => (
        <li key={one.id} className="flex min-w-0 items-center gap-1.5">
          <InstanceLink id={one.id} name={one.workflow} />
          <StateBadge state={one.state} />
        </li>
      ))}
    </ul>
  );
}
