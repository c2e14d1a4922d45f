/** Where the run came from, when things happened to it, how it is bound. */
import { Link } from 'wouter';
import type { RunDetail } from '../../api/client';
import { type Fact, Facts } from '../../components/Facts';
import { RunLink, TraceLink } from '../../components/Ids';
import { InstanceLinks } from '../../components/InstanceLinks';
import { Json } from '../../components/Json';
import { Panel } from '../../components/Page';
import { Time } from '../../components/Time';
import { triggerFacts } from '../../components/TriggerFacts';
import { duration, instant } from '../../lib/format';
import { linkTo } from '../../lib/location';
import { triggerInfo } from '../../lib/trigger';
import { Took } from './columns';

export function RunFacts({ run }: { run: RunDetail }) {
  const waited = run.started_at === null ? null : instant(run.started_at) - instant(run.due_at);
  const { rest } = triggerInfo(run.info);
  const facts: Fact[] = [
    ['Trigger', run.trigger],
    ...triggerFacts(run.info),
    [
      'Trace',
      <span key="trace" className="flex gap-2">
        <TraceLink id={run.trace} />
        <Link href={linkTo('/runs', { trace: run.trace })} className="text-accent hover:underline">
          all its runs
        </Link>
      </span>,
    ],
    ['Workflow', run.instances.length === 0 ? null : <InstanceLinks key="instances" instances={run.instances} />],
    ['Attempt', run.attempt],
    ['Duration', <Took key="took" run={run} />],
    ['Waited since due', waited === null ? null : duration(Math.max(waited, 0))],
    ['Created', <Time key="created" at={run.created_at} />],
    [
      'Due',
      run.due_at === run.created_at ? null : <Time key="due" at={run.due_at} isClock={run.finished_at !== null} />,
    ],
    ['Started', run.started_at && <Time key="started" at={run.started_at} isClock />],
    ['Finished', run.finished_at && <Time key="finished" at={run.finished_at} isClock />],
    ['Reason', run.reason?.replaceAll('_', ' ')],
    ['Target', run.target === run.step ? null : run.target],
    ['Triggered by run', run.parent_run && <RunLink key="parent" id={run.parent_run} />],
    ['Replay of', run.replay_of && <RunLink key="replay" id={run.replay_of} />],
    ['Key', run.key],
    ['Lane', run.lane],
    ['Priority', run.priority === 0 ? null : run.priority],
    ['Crashes', run.crashes === 0 ? null : run.crashes],
    ['Retry count', run.retry_count === 0 ? null : run.retry_count],
    ['Node', run.node],
  ];
  return (
    <Panel title="About">
      <div className="flex flex-col gap-3 p-3">
        <Facts facts={facts} />
        {rest !== null && <Json name="trigger details" value={rest} />}
      </div>
    </Panel>
  );
}
