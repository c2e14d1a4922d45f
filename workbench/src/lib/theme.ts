/** Dark or light: the system's choice unless the reader made one. */
import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'motia.theme';
const dark = () => matchMedia('(prefers-color-scheme: dark)').matches;

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** Put the chosen theme on the page; follows the system while nothing is chosen. */
export function applyTheme(): void {
  const put = () => {
    const theme = chosenTheme();
    document.documentElement.dataset.theme = theme === 'system' ? (dark() ? 'dark' : 'light') : theme;
  };
  put();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', put);
}

const watchers = new Set<() => void>();

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  document.documentElement.dataset.theme = theme === 'system' ? (dark() ? 'dark' : 'light') : theme;
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
