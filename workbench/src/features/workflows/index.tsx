/** Workflows: configurations, their instances, and flows, which only group steps. */
import { Redirect, Route, Switch } from 'wouter';
import { useApi } from '../../api/queries';
import { Nowhere } from '../../components/Nowhere';
import { Page } from '../../components/Page';
import { Tabs } from '../../components/Tabs';
import { segment } from '../../lib/location';
import { idOf } from '../../lib/written';
import { Flows } from './Flows';
import { InstanceScreen } from './InstanceScreen';
import { Instances } from './Instances';
import { runningOf } from './instance';
import { WorkflowList } from './WorkflowList';

export default function Workflows() {
  return (
    <Switch>
      <Route path="/workflows/instances/:instance">
        {({ instance }) => <InstanceScreen key={instance} id={idOf(instance)} />}
      </Route>
      <Route path="/workflows/flows/:flow?">
        {({ flow }) => <Flows name={flow === undefined ? undefined : idOf(flow)} tabs={<Parts />} />}
      </Route>
      <Route path="/workflows/instances">
        <Page title="Workflows">
          <Parts />
          <Instances />
        </Page>
      </Route>
      <Route path="/workflows">
        <Page title="Workflows">
          <Parts />
          <WorkflowList />
        </Page>
      </Route>
      <Route path="/workflows/:workflow">
        {({ workflow }) => <Redirect to={`/workflows/instances?workflow=${segment(idOf(workflow))}`} replace />}
      </Route>
      <Route>
        <Page title="Not found">
          <Nowhere />
        </Page>
      </Route>
    </Switch>
  );
}

function Parts() {
  const { data } = useApi('/v1/workflows', { live: ['manifest', 'instance'], everyMs: 1_000 });
  return (
    <Tabs
      label="Parts of Workflows"
      tabs={[
        { path: '/workflows', title: 'Workflows', size: data?.workflows.length },
        { path: '/workflows/instances', title: 'Instances', size: runningOf(data?.workflows ?? []) },
        { path: '/workflows/flows', title: 'Flows' },
      ]}
    />
  );
}
