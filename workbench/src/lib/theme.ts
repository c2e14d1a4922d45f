/** Dark or light: the system's choice unless the reader made one; always the system's where it forces its colours. */
import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'motia.theme';
const forced = matchMedia('(forced-colors: active)');
const dark = () => matchMedia('(prefers-color-scheme: dark)').matches;

function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** Put the chosen theme on the page; follows the system while nothing is chosen. */
export function applyTheme(): void {
  put();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', put);
  forced.addEventListener('change', put);
}

function put(): void {
  // What is drawn in our own colours (charts, wires, bars) stands on the system's background then.
  const theme = forced.matches ? 'system' : chosenTheme();
  document.documentElement.dataset.theme = theme === 'system' ? (dark() ? 'dark' : 'light') : theme;
}

const watchers = new Set<() => void>();

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  put();
  for (const changed of watchers) changed();
}

const watch = (changed: () => void) => {
  watchers.add(changed);
  return () => watchers.delete(changed);
};

/** What is chosen, wherever it was chosen. */
export function useChosenTheme(): Theme {
  return useSyncExternalStore(watch, chosenTheme);
}
