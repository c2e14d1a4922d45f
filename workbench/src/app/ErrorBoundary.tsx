/** A screen that fails says so; the others go on. */
import { Component, type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { useFeedState } from '../api/feed';
import { Button } from '../components/Button';

/** What browsers say when a part of the page is not to be had; Chrome, Firefox, Safari. */
const MISSING = /dynamically imported module|importing a module script|error loading/i;

/** Around the screens; another screen begins without the fault of the one before. */
export function ErrorBoundary({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  return <Boundary key={path.split('/')[1] ?? ''}>{children}</Boundary>;
}

class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    // A part that failed to load is not asked for again by React: only the page loaded anew has it.
    if (MISSING.test(error.message)) return <Missing />;
    return (
      <div role="alert" className="m-6 flex flex-col gap-2">
        <p className="font-medium text-bad">This screen failed: {error.message}</p>
        <p className="text-muted">The engine is not touched by it.</p>
        <div>
          <Button onClick={() => this.setState({ error: null })}>Try again</Button>
        </div>
      </div>
    );
  }
}

/** A screen whose files are not to be had; when that was for want of the engine, it comes with the engine. */
function Missing() {
  const { connection } = useFeedState();
  const wasLost = useRef(false);
  useEffect(() => {
    if (connection === 'lost') wasLost.current = true;
    // Only after a break: with a live engine, files that are missing would be missing again, for ever.
    else if (connection === 'live' && wasLost.current) location.reload();
  }, [connection]);
  return (
    <div role="alert" className="m-6 flex flex-col gap-2">
      <p className="font-medium text-bad">This screen could not be loaded.</p>
      <p className="text-muted">
        {connection === 'live'
          ? 'The engine may have a newer version. Loading the page again brings the newest.'
          : 'The engine does not answer. The screen comes as soon as it does.'}
      </p>
      <div>
        <Button onClick={() => location.reload()}>Load the page again</Button>
      </div>
    </div>
  );
}
