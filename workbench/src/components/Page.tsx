/** The frame of a screen: its title, what can be done on the right, filters below. */
import type { ReactNode } from 'react';
import { useScreenTitle } from '../lib/title';

export function Page({
  title,
  kind,
  actions,
  filters,
  children,
}: {
  title: string;
  /** What the titled thing is, for the title of the page: `Step`. */
  kind?: string;
  actions?: ReactNode;
  filters?: ReactNode;
  children: ReactNode;
}) {
  useScreenTitle(kind === undefined ? title : `${title} · ${kind}`);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex min-h-12 flex-wrap items-center gap-3 border-b border-line bg-panel px-4 py-2">
        <h1 className="min-w-0 truncate text-base font-semibold">{title}</h1>
        <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>
      </header>
      {filters !== undefined && (
        <div className="flex flex-wrap items-center gap-2 border-b border-line bg-panel px-4 py-2">{filters}</div>
      )}
      <div className="flex min-h-0 flex-1 flex-col overflow-hidden">{children}</div>
    </div>
  );
}

/** A titled box on a screen. */
export function Panel({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="rounded-lg border border-line bg-panel" aria-label={title}>
      <div className="flex items-center gap-2 border-b border-line px-3 py-2">
        <h2 className="text-sm font-medium">{title}</h2>
        <div className="ml-auto flex items-center gap-2">{actions}</div>
      </div>
      {children}
    </section>
  );
}
