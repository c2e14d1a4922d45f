/** What stands where content would: loading, empty, failed. */
import { CircleAlert, Inbox } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ApiError } from '../api/client';
import { Button } from './Button';

export function Loading({ what }: { what: string }) {
  return (
    <div role="status" className="flex flex-col gap-2 p-4" aria-label={`Loading ${what}`}>
      {[80, 95, 70].map((width) => (
        <div key={width} className="h-5 animate-pulse rounded bg-raised" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-14 text-center">
      <Inbox size={28} className="text-muted" aria-hidden />
      <p className="font-medium">{title}</p>
      {children !== undefined && <div className="max-w-prose text-sm text-muted">{children}</div>}
    </div>
  );
}

export function Failed({ error, retry }: { error: ApiError; retry?: () => void }) {
  return (
    <div role="alert" className="m-4 flex items-start gap-3 rounded-md border border-bad bg-bad-soft p-3 text-sm">
      <CircleAlert size={18} className="mt-0.5 shrink-0 text-bad" aria-hidden />
      <div className="flex flex-col gap-1">
        <p className="font-medium text-bad">{error.message}</p>
        {error.hint !== '' && <p>{error.hint}</p>}
        {retry !== undefined && (
          <div>
            <Button onClick={retry}>Try again</Button>
          </div>
        )}
      </div>
    </div>
  );
}
