/** The engine as it is set up: values and where they came from, versions, the doctor, who did what. */
import { Route, Switch } from 'wouter';
import { Nowhere } from '../../components/Nowhere';
import { Page } from '../../components/Page';
import { Tabs } from '../../components/Tabs';
import { Audit } from './Audit';
import { Doctor } from './Doctor';
import { Engine } from './Engine';
import { Values } from './Values';

export default function Screen() {
  return (
    <Page title="Config">
      <Tabs
        label="Parts of Config"
        tabs={[
          { path: '/config', title: 'Values' },
          { path: '/config/engine', title: 'Engine' },
          { path: '/config/doctor', title: 'Doctor' },
          { path: '/config/audit', title: 'Audit' },
        ]}
      />
      <Switch>
        <Route path="/config/engine">
          <Engine />
        </Route>
        <Route path="/config/doctor">
          <Doctor />
        </Route>
        <Route path="/config/audit">
          <Audit />
        </Route>
        <Route path="/config">
          <Values />
        </Route>
        <Route>
          <Nowhere />
        </Route>
      </Switch>
    </Page>
  );
}
