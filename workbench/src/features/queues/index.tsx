/** Queues of the steps, dead letters, events that nothing handles. */
import { useMemo } from 'react';
import { Route, Switch } from 'wouter';
import { useApi } from '../../api/queries';
import { Nowhere } from '../../components/Nowhere';
import { Page } from '../../components/Page';
import { Tabs } from '../../components/Tabs';
import { DeadLetters } from './DeadLetters';
import { Parked } from './Parked';
import { QueueList } from './QueueList';

export default function Screen() {
  const queues = useApi('/v1/queues', { live: ['run', 'step', 'manifest'], everyMs: 1_000 });
  const status = useApi('/v1/status', { live: ['error', 'run'], everyMs: 5_000 });
  const parked = useMemo(
    () => Object.values(queues.data?.parked ?? {}).reduce((sum, events) => sum + events, 0),
    [queues.data],
  );
  return (
    <Page title="Queues">
      <Tabs
        label="Parts of Queues"
        tabs={[
          { path: '/queues', title: 'Queues' },
          { path: '/queues/dead', title: 'Dead letters', size: status.data?.runs.dead },
          { path: '/queues/parked', title: 'Parked events', size: parked },
        ]}
      />
      <Switch>
        <Route path="/queues/dead">
          <DeadLetters />
        </Route>
        <Route path="/queues/parked">
          <Parked queues={queues} />
        </Route>
        <Route path="/queues">
          <QueueList queues={queues} />
        </Route>
        <Route>
          <Nowhere />
        </Route>
      </Switch>
    </Page>
  );
}
