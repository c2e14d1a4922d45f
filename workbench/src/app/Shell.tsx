/** What is around every screen: navigation, search, whether the page is live. */
import { Monitor, Moon, Search, Sun } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useFeedState } from '../api/feed';
import { useApi } from '../api/queries';
import { count } from '../lib/format';
import { useKey } from '../lib/keyboard';
import { chooseTheme, chosenTheme, type Theme } from '../lib/theme';
import { Break } from './Break';
import { CommandPalette } from './CommandPalette';
import { SCREENS } from './screens';

export function Shell({ children }: { children: ReactNode }) {
  const [isSearching, setSearching] = useState(false);
  const screen = useRef<HTMLElement>(null);
  useKey('mod+k', (event) => {
    event.preventDefault();
    setSearching(true);
  });
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
        <div className="flex h-12 items-center gap-2 border-b border-line px-3 font-semibold">
          <img src="./icon.svg" alt="" width={22} height={22} />
          <span className="max-[900px]:hidden">Motia</span>
        </div>
        <button
          type="button"
          onClick={() => setSearching(true)}
          className="m-2 flex items-center gap-2 rounded-md border border-line px-2 py-1.5 text-sm text-muted hover:bg-raised"
        >
          <Search size={14} aria-hidden />
          <span className="max-[900px]:sr-only">Search</span>
          <kbd className="ml-auto text-xs max-[900px]:hidden">Ctrl K</kbd>
        </button>
        <ul className="flex min-h-0 flex-1 flex-col gap-0.5 overflow-y-auto px-2">
          {SCREENS.map((screen) => (
            <NavItem key={screen.path} screen={screen} />
          ))}
        </ul>
        <div className="flex flex-col gap-2 border-t border-line p-3 text-xs text-muted">
          <Connection />
          <ThemeChoice />
        </div>
      </nav>
      <main ref={screen} id="screen" className="flex min-w-0 flex-1 flex-col" tabIndex={-1}>
        <Break />
        <div className="min-h-0 flex-1">{children}</div>
      </main>
      {isSearching && <CommandPalette close={() => setSearching(false)} />}
    </div>
  );
}

function NavItem({ screen }: { screen: (typeof SCREENS)[number] }) {
  const [path] = useLocation();
  const isHere = screen.path === '/' ? path === '/' : path === screen.path || path.startsWith(`${screen.path}/`);
  const Icon = screen.icon;
  return (
    <li>
      <Link
        href={screen.path}
        aria-current={isHere ? 'page' : undefined}
        title={screen.title}
        className={`flex items-center gap-2.5 rounded-md px-2 py-1.5 text-sm ${isHere ? 'bg-accent-soft font-medium text-accent' : 'hover:bg-raised'}`}
      >
        <Icon size={16} aria-hidden />
        <span className="max-[900px]:sr-only">{screen.title}</span>
      </Link>
    </li>
  );
}

function Connection() {
  const { connection, lost } = useFeedState();
  const status = useApi('/v1/status', { live: ['manifest', 'worker'] });
  const [colour, word] =
    connection === 'live'
      ? ['bg-good', 'Live']
      : connection === 'lost'
        ? ['bg-bad', 'Reconnecting…']
        : ['bg-warn', 'Connecting…'];
  return (
    <div role="status" className="flex flex-col gap-0.5">
      <span className="flex items-center gap-1.5">
        <span className={`size-2 rounded-full ${colour}`} aria-hidden />
        <span className="max-[900px]:sr-only">{word}</span>
      </span>
      {lost > 0 && <span className="max-[900px]:hidden">{count(lost)} items not shown</span>}
      {status.data !== undefined && (
        <span className="max-[900px]:hidden">
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
  const [theme, setTheme] = useState(chosenTheme());
  return (
    <div role="radiogroup" aria-label="Colours" className="flex gap-1 max-[900px]:hidden">
      {THEMES.map(([one, title, Icon]) => (
        <button
          key={one}
          type="button"
          role="radio"
          aria-checked={theme === one}
          aria-label={title}
          title={title}
          onClick={() => {
            chooseTheme(one);
            setTheme(one);
          }}
          className={`rounded p-1 ${theme === one ? 'bg-accent-soft text-accent' : 'hover:bg-raised'}`}
        >
          <Icon size={14} aria-hidden />
        </button>
      ))}
    </div>
  );
}
