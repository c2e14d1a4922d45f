/** Short words about what was done, or why it was not. */
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import { ApiError } from '../api/client';

interface Toast {
  id: number;
  text: string;
  isFailure: boolean;
  link?: ToastLink | undefined;
}

/** Where to see what was done. */
export interface ToastLink {
  href: string;
  title: string;
}

const SHOWN_MS = 6_000;
const TOASTS_MAX = 4;
let toasts: readonly Toast[] = [];
let number = 0;
const watchers = new Set<() => void>();
const put = (next: readonly Toast[]) => {
  toasts = next;
  for (const watcher of watchers) watcher();
};

export function say(text: string, isFailure = false, link?: ToastLink): void {
  const toast = { id: ++number, text, isFailure, link };
  put([...toasts.slice(-(TOASTS_MAX - 1)), toast]);
  setTimeout(() => put(toasts.filter((one) => one.id !== toast.id)), SHOWN_MS);
}

/** Say why something failed; for `onError` of an act. */
export function sayFailure(error: unknown): void {
  const text = error instanceof ApiError ? [error.message, error.hint].filter(Boolean).join(' ') : String(error);
  say(text, true);
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    () => toasts,
  );
  return (
    <div className="fixed bottom-4 right-4 z-50 flex w-96 max-w-[90vw] flex-col gap-2" role="status" aria-live="polite">
      {shown.map((toast) => {
        const Icon = toast.isFailure ? CircleAlert : CircleCheck;
        return (
          <div
            key={toast.id}
            className="flex items-start gap-2 rounded-md border border-line bg-panel p-3 text-sm shadow-lg"
          >
            <Icon size={16} className={`mt-0.5 shrink-0 ${toast.isFailure ? 'text-bad' : 'text-good'}`} aria-hidden />
            <span className="min-w-0 flex-1 break-words">
              {toast.text}
              {toast.link !== undefined && (
                <Link href={toast.link.href} className="ml-1.5 whitespace-nowrap text-accent underline">
                  {toast.link.title}
                </Link>
              )}
            </span>
            <button type="button" aria-label="Dismiss" onClick={() => put(toasts.filter((one) => one.id !== toast.id))}>
              <X size={14} aria-hidden />
            </button>
          </div>
        );
      })}
    </div>
  );
}
