/** The page: which address shows which screen. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Route, Router, Switch } from 'wouter';
import { queryClient } from '../api/queries';
import { Empty, Loading } from '../components/States';
import { Toasts } from '../components/Toasts';
import { BASE } from '../lib/location';
import { ErrorBoundary } from './ErrorBoundary';
import { Shell } from './Shell';
import { SCREENS, STEP_SCREEN } from './screens';

export function App() {
  return (
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <Router base={BASE}>
          <Shell>
            <ErrorBoundary>
              <Suspense fallback={<Loading what="the screen" />}>
                <Switch>
                  {SCREENS.map((screen) => (
                    <Route
                      key={screen.path}
                      path={screen.path === '/' ? '/' : `${screen.path}/*?`}
                      component={screen.component}
                    />
                  ))}
                  <Route path="/steps/*?" component={STEP_SCREEN} />
                  <Route>
                    <Empty title="There is nothing at this address.">Ctrl-K finds screens, steps and runs.</Empty>
                  </Route>
                </Switch>
              </Suspense>
            </ErrorBoundary>
          </Shell>
          <Toasts />
        </Router>
      </QueryClientProvider>
    </CSPProvider>
  );
}
