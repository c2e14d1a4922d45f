/** A screen that fails says so; the others go on. */
import { Component, type ReactNode } from 'react';
import { Button } from '../components/Button';

export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
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
