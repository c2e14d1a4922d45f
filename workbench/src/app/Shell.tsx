/** What is around every screen: navigation, search, whether the page is live. */
import { Keyboard, Monitor, Moon, Search, Sun } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useFeedState } from '../api/feed';
import { useApi } from '../api/queries';
import { count } from '../lib/format';
import { useKey } from '../lib/keyboard';
import { keepPlace } from '../lib/recent';
import { chooseTheme, type Theme, useChosenTheme } from '../lib/theme';
import { BreakBar } from './BreakBar';
import { CommandPalette } from './CommandPalette';
import { Nav } from './Nav';

const KeyHelp = lazy(() => import('./KeyHelp').then((all) => ({ default: all.KeyHelp })));

/** A place counts as visited when its name is on the page. */
const VISITED_MS = 1_200;

export function Shell({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<'palette' | 'keys' | null>(null);
  const screen = useRef<HTMLElement>(null);
  const close = useCallback(() => setOpen(null), []);
  const showKeys = useCallback(() => setOpen('keys'), []);
  useKey('mod+k', (event) => {
    event.preventDefault();
    setOpen('palette');
  });
  useKey('?', showKeys);
  useVisited();
  return (
    <div className="flex h-full">
      {/* biome-ignore lint/a11y/useValidAnchor: it is a way to a part of the page; see below */}
      <a
        href="#screen"
        onClick={(event) => {
          // The page's <base> would make it an address of another screen.
          event.preventDefault();
          screen.current?.focus();
        }}
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-panel focus:p-2"
      >
        Skip to the screen
      </a>
      <nav aria-label="Screens" className="flex w-44 shrink-0 flex-col border-r border-line bg-panel max-[900px]:w-14">
        <div className="flex h-12 shrink-0 items-center gap-2 border-b border-line px-3 font-semibold max-[900px]:justify-center max-[900px]:px-0">
          <img src="./icon.svg" alt="" width={22} height={22} />
          <span className="max-[900px]:hidden">Motia</span>
        </div>
        <button
          type="button"
          title="Search (Ctrl K)"
          onClick={() => setOpen('palette')}
          className="m-2 flex items-center gap-2 rounded-md border border-line px-2 py-1.5 text-sm text-muted hover:bg-raised"
        >
          <Search size={14} aria-hidden className="shrink-0" />
          <span className="max-[900px]:sr-only">Search</span>
          <kbd className="ml-auto text-xs max-[900px]:hidden">Ctrl K</kbd>
        </button>
        <Nav />
        <div className="flex shrink-0 flex-col gap-2 border-t border-line p-3 text-xs text-muted max-[900px]:items-center max-[900px]:p-2">
          <Connection />
          <div className="flex items-center max-[900px]:flex-col">
            <ThemeChoice />
            <button
              type="button"
              aria-label="Keys"
              title="Keys (?)"
              onClick={showKeys}
              className="ml-auto rounded p-1 hover:bg-raised max-[900px]:ml-0"
            >
              <Keyboard size={14} aria-hidden />
            </button>
          </div>
        </div>
      </nav>
      <div className="flex min-w-0 flex-1 flex-col">
        <BreakBar />
        <main ref={screen} id="screen" className="min-h-0 min-w-0 flex-1" tabIndex={-1}>
          {children}
        </main>
      </div>
      {open === 'palette' && <CommandPalette close={close} showKeys={showKeys} />}
      <Suspense fallback={null}>{open === 'keys' && <KeyHelp close={close} />}</Suspense>
    </div>
  );
}

/** Remember single objects that were looked at; screens are a click away anyhow. */
function useVisited(): void {
  const [path] = useLocation();
  useEffect(() => {
    if (path.split('/').length < 3) return;
    const timer = setTimeout(() => keepPlace({ path, title: document.title.replace(/ · Motia$/, '') }), VISITED_MS);
    return () => clearTimeout(timer);
  }, [path]);
}

function Connection() {
  const { connection, lost } = useFeedState();
  const status = useApi('/v1/status');
  const [colour, word] =
    connection === 'live'
      ? ['bg-good', 'Live']
      : connection === 'lost'
        ? ['bg-bad', 'Reconnecting…']
        : connection === 'ended'
          ? ['bg-bad', 'Logged out']
          : ['bg-warn', 'Connecting…'];
  return (
    <div role="status" className="flex flex-col gap-0.5" title={word}>
      <span className="flex items-center gap-1.5">
        <span className={`keep-colours size-2 shrink-0 rounded-full ${colour}`} aria-hidden />
        <span className="max-[900px]:sr-only">{word}</span>
      </span>
      {lost > 0 && <span className="max-[900px]:hidden">{count(lost)} items not shown</span>}
      {status.data !== undefined && (
        <span className="truncate max-[900px]:hidden">
          {status.data.environment} · {status.data.version}
        </span>
      )}
    </div>
  );
}

const THEMES: readonly (readonly [Theme, string, typeof Sun])[] = [
  ['system', 'As the system', Monitor],
  ['light', 'Light', Sun],
  ['dark', 'Dark', Moon],
];

function ThemeChoice() {
  const theme = useChosenTheme();
  return (
    <div role="radiogroup" aria-label="Colours" className="flex gap-1 max-[900px]:flex-col">
      {THEMES.map(([one, title, Icon]) => (
        <button
          key={one}
          type="button"
          role="radio"
          aria-checked={theme === one}
          aria-label={title}
          title={title}
          onClick={() => chooseTheme(one)}
          className={`rounded p-1 ${theme === one ? 'bg-accent-soft text-accent' : 'hover:bg-raised'}`}
        >
          <Icon size={14} aria-hidden />
        </button>
      ))}
    </div>
  );
}
