/** The parts of a screen, each with an address of its own. */
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { count } from '../lib/format';

export interface Tab {
  path: string;
  title: string;
  /** How many there are, when that is known. */
  size?: number | undefined;
}

export function Tabs({ label, tabs, after }: { label: string; tabs: readonly Tab[]; after?: ReactNode }) {
  const [path] = useLocation();
  return (
    <nav aria-label={label} className="flex items-center gap-1 border-b border-line bg-panel px-3">
      {tabs.map((tab) => (
        <Link
          key={tab.path}
          href={tab.path}
          aria-current={path === tab.path ? 'page' : undefined}
          className={`-mb-px border-b-2 px-2 py-2 text-sm ${path === tab.path ? 'border-accent font-medium text-accent' : 'border-transparent text-muted hover:text-ink'}`}
        >
          {tab.title}
          {tab.size !== undefined && tab.size > 0 && (
            <span className="ml-1.5 rounded bg-raised px-1.5 py-0.5 text-xs tabular-nums text-ink">
              {count(tab.size)}
            </span>
          )}
        </Link>
      ))}
      {after !== undefined && <div className="ml-auto flex items-center gap-2">{after}</div>}
    </nav>
  );
}
