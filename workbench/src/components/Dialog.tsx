/** A window over the page: focus stays inside, Escape closes it. */
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useState } from 'react';

export function Dialog({
  title,
  isOpen,
  close,
  children,
  isWide = false,
}: {
  title: string;
  isOpen: boolean;
  close: () => void;
  children: ReactNode;
  isWide?: boolean;
}) {
  // Asked before anything inside takes the focus: that is who gets it back.
  const [opener] = useState(() => document.activeElement);
  const backTo = () =>
    opener instanceof HTMLElement && opener !== document.body && opener.isConnected
      ? opener
      : document.getElementById('screen');
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && close()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Base.Popup
          finalFocus={backTo}
          className={`fixed left-1/2 top-[8vh] z-50 flex max-h-[84vh] w-[92vw] -translate-x-1/2 flex-col rounded-lg border border-line bg-panel shadow-xl ${isWide ? 'max-w-4xl' : 'max-w-lg'}`}
        >
          <div className="flex items-center border-b border-line px-4 py-2.5">
            <Base.Title className="font-medium">{title}</Base.Title>
            <Base.Close aria-label="Close" className="ml-auto rounded p-1 text-muted hover:bg-raised">
              <X size={16} aria-hidden />
            </Base.Close>
          </div>
          <div className="min-h-0 overflow-auto p-4">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
