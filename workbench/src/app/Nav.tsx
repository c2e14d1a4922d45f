/** The way to every screen, in groups; small numbers where something waits to be looked at. */
import { Link, useLocation } from 'wouter';
import { SCREEN_GROUPS, type Screen } from './screens';
import { type Badge, useBadges } from './useBadges';

const LOOKS = { bad: 'bg-bad-soft text-bad', warn: 'bg-warn-soft text-warn' };

export function Nav() {
  const badges = useBadges();
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto px-2 pb-2">
      {SCREEN_GROUPS.map((group) => (
        <div
          key={group.title}
          className="mt-2 first:mt-0 max-[900px]:border-t max-[900px]:border-line max-[900px]:pt-2 max-[900px]:first:border-0 max-[900px]:first:pt-0"
        >
          <p aria-hidden className="px-2 pb-1 pt-1.5 text-[11px] font-medium text-muted max-[900px]:hidden">
            {group.title}
          </p>
          <ul aria-label={group.title} className="flex flex-col gap-px">
            {group.screens.map((screen) => (
              <NavItem key={screen.path} screen={screen} badge={badges.get(screen.path)} />
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

function NavItem({ screen, badge }: { screen: Screen; badge: Badge | undefined }) {
  const [path] = useLocation();
  const isHere = screen.path === '/' ? path === '/' : path === screen.path || path.startsWith(`${screen.path}/`);
  const Icon = screen.icon;
  const about = `nav-about-${screen.title}`;
  return (
    <li className="relative">
      <Link
        href={screen.path}
        aria-current={isHere ? 'page' : undefined}
        aria-describedby={badge === undefined ? undefined : about}
        title={badge === undefined ? screen.title : `${screen.title}: ${badge.says}`}
        className={`flex items-center gap-2.5 rounded-md px-2 py-[5px] text-sm ${isHere ? 'bg-accent-soft font-medium text-accent' : 'hover:bg-raised'}`}
      >
        <Icon size={16} className={`shrink-0 ${isHere ? '' : 'text-muted'}`} aria-hidden />
        <span className="max-[900px]:sr-only">{screen.title}</span>
        {badge !== undefined && (
          <span
            aria-hidden
            className={`ml-auto rounded-full px-1.5 text-[11px] font-medium leading-[18px] tabular-nums max-[900px]:absolute max-[900px]:right-0 max-[900px]:top-0 max-[900px]:px-1 max-[900px]:leading-[14px] ${LOOKS[badge.look]}`}
          >
            {badge.text}
          </span>
        )}
      </Link>
      {badge !== undefined && (
        <span id={about} hidden>
          {badge.says}
        </span>
      )}
    </li>
  );
}
