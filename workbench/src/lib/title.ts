/** The title of the page: what is open, on which screen. Tabs and histories are read by it. */
import { useEffect } from 'react';

let screen = '';
let object = '';

/** Names the screen while it is there. */
export function useScreenTitle(name: string): void {
  useEffect(() => {
    screen = name;
    put();
  }, [name]);
}

/** Names what is open on the screen, once that is known. */
export function useObjectTitle(name: string | undefined): void {
  useEffect(() => {
    object = name ?? '';
    put();
    return () => {
      object = '';
      put();
    };
  }, [name]);
}

function put(): void {
  document.title = [object, screen === object ? '' : screen, 'Motia'].filter(Boolean).join(' · ');
}
