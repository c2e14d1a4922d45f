/** Failures by kind: a list, and each of them with its stack and its runs. */
import { Route, Switch } from 'wouter';
import { ErrorDetail } from './ErrorDetail';
import { ErrorList } from './ErrorList';

export default function Screen() {
  return (
    <Switch>
      <Route path="/errors/:fingerprint">
        {({ fingerprint }) => <ErrorDetail key={fingerprint} fingerprint={fingerprint} />}
      </Route>
      <Route>
        <ErrorList />
      </Route>
    </Switch>
  );
}
