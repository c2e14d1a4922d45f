/** One kind of failure: where it comes from, the runs it killed, and what can be done about it. */
import { ArrowLeft, CircleCheck, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { send } from '../../api/client';
import { useAct, useApi } from '../../api/queries';
import { useMayOperate } from '../../api/session';
import { ActButton } from '../../components/ActButton';
import { Facts } from '../../components/Facts';
import { RunLink, SourceLink, StepLink, TraceLink } from '../../components/Ids';
import { CopyButton } from '../../components/Json';
import { Page, Panel } from '../../components/Page';
import { LongText, Stack } from '../../components/Stack';
import { Failed, Loading } from '../../components/States';
import { Time } from '../../components/Time';
import { say, sayFailure } from '../../components/Toasts';
import { count } from '../../lib/format';
import { linkTo } from '../../lib/location';
import { DeadRuns } from './DeadRuns';
import { Again, type ErrorGroup } from './ErrorList';
import { ReplayGroup } from './ReplayGroup';
import { DAY, HOUR, Series } from './Series';

export function ErrorDetail({ fingerprint }: { fingerprint: string }) {
  const found = useApi('/v1/errors/{fingerprint}', { params: { fingerprint }, live: ['error'], everyMs: 1_000 });
  const group = found.data;
  const [isReplaying, setReplaying] = useState(false);
  const mayOperate = useMayOperate();
  const resolve = useAct(
    (resolved: boolean) =>
      send('post', '/v1/errors/{fingerprint}/resolve', { params: { fingerprint }, body: { resolved } }),
    ['/v1/errors', '/v1/errors/{fingerprint}'],
  );
  const mark = (resolved: boolean) =>
    resolve.mutate(resolved, {
      onSuccess: () => say(resolved ? 'Marked as resolved. It opens again when it comes back.' : 'Opened again.'),
      onError: sayFailure,
    });
  return (
    <Page
      title={group === undefined ? 'Error' : group.name}
      kind="Error"
      actions={
        group !== undefined && (
          <>
            <Link href="/errors" className="inline-flex items-center gap-1 text-sm text-accent hover:underline">
              <ArrowLeft size={14} aria-hidden /> All errors
            </Link>
            {mayOperate && (
              <>
                <ActButton onClick={() => setReplaying(true)}>
                  <RotateCcw size={14} aria-hidden /> Replay its dead runs
                </ActButton>
                <ActButton
                  look={group.is_resolved ? 'plain' : 'primary'}
                  isBusy={resolve.isPending}
                  onClick={() => mark(!group.is_resolved)}
                >
                  <CircleCheck size={14} aria-hidden /> {group.is_resolved ? 'Open again' : 'Mark as resolved'}
                </ActButton>
              </>
            )}
          </>
        )
      }
    >
      {found.error !== null && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading what="the error" />}
      {group !== undefined && (
        <div className="grid min-h-0 flex-1 content-start gap-4 overflow-auto p-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <div className="flex min-w-0 flex-col gap-4">
            <About group={group} />
            <Panel
              title="Stack of the last one"
              actions={group.stack !== '' && <CopyButton text={() => `${group.message}\n${group.stack}`} />}
            >
              {group.stack === '' ? (
                <p className="p-3 text-sm text-muted">It came without a stack.</p>
              ) : (
                <div className="p-2">
                  <Stack stack={group.stack} step={group.step} />
                </div>
              )}
            </Panel>
          </div>
          <DeadRuns group={group} />
        </div>
      )}
      {isReplaying && group !== undefined && <ReplayGroup group={group} close={() => setReplaying(false)} />}
    </Page>
  );
}

function About({ group }: { group: ErrorGroup }) {
  return (
    <div className="flex flex-col gap-3 rounded-lg border border-line bg-panel p-3">
      <p className="break-words">
        <span className="font-mono text-[13px] font-medium text-bad">{group.name}</span>{' '}
        <LongText text={group.message} />
      </p>
      <Facts
        facts={[
          [
            'State',
            <span key="state">
              {group.is_resolved ? 'resolved' : 'open'}
              {group.again_at !== null && <Again at={group.again_at} />}
            </span>,
          ],
          ['Step', <StepLink key="step" id={group.step} />],
          [
            'From',
            group.file !== '' && <SourceLink key="from" step={group.step} file={group.file} line={group.line} />,
          ],
          ['Times', count(group.count)],
          ['First seen', <Time key="first" at={group.first_seen_at} />],
          ['Last seen', <Time key="last" at={group.last_seen_at} />],
          ['Last run', group.run !== null && <RunLink key="run" id={group.run} />],
          ['Its trace', <TraceLink key="trace" id={group.trace} />],
          [
            'Log lines',
            <Link key="logs" className="text-accent hover:underline" href={linkTo('/logs', { trace: group.trace })}>
              of its trace
            </Link>,
          ],
          ['Last hour', <Series key="hour" points={group.points ?? []} of={HOUR} />],
          ['Last day', <Series key="day" points={group.points ?? []} of={DAY} />],
        ]}
      />
    </div>
  );
}
