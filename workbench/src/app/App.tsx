/** The page: which address shows which screen. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Route, Router, Switch } from 'wouter';
import { queryClient } from '../api/queries';
import { Nowhere } from '../components/Nowhere';
import { Page } from '../components/Page';
import { Loading } from '../components/States';
import { Toasts } from '../components/Toasts';
import { BASE } from '../lib/location';
import { useWrittenLocation, useWrittenSearch } from '../lib/written';
import { ErrorBoundary } from './ErrorBoundary';
import { Shell } from './Shell';
import { SCREENS, STEP_SCREEN } from './screens';

export function App() {
  return (
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <Router base={BASE} hook={useWrittenLocation} searchHook={useWrittenSearch}>
          <Shell>
            <ErrorBoundary>
              <Suspense fallback={<Loading what="the screen" />}>
                <Switch>
                  {SCREENS.map((screen) => (
                    <Route
                      key={screen.path}
                      path={`${screen.path}${screen.within ?? ''}`}
                      component={screen.component}
                    />
                  ))}
                  <Route path="/steps/:id?" component={STEP_SCREEN} />
                  <Route>
                    <Page title="Not found">
                      <Nowhere />
                    </Page>
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
