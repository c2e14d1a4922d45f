/** A screen that fails says so; the others go on. */
import { Component, type ReactNode } from 'react';
import { useLocation } from 'wouter';
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
    const isMissing = MISSING.test(error.message);
    return (
      <div role="alert" className="m-6 flex flex-col gap-2">
        <p className="font-medium text-bad">
          {isMissing ? 'This screen could not be loaded.' : `This screen failed: ${error.message}`}
        </p>
        <p className="text-muted">
          {isMissing
            ? 'The engine may have a newer version, or does not answer. Loading the page again brings the newest.'
            : 'The engine is not touched by it.'}
        </p>
        <div>
          {isMissing ? (
            <Button onClick={() => location.reload()}>Load the page again</Button>
          ) : (
            <Button onClick={() => this.setState({ error: null })}>Try again</Button>
          )}
        </div>
      </div>
    );
  }
}
