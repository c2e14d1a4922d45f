/** Every screen: where it is, what it is called, which sign stands for it. Loaded when first shown. */
import {
  Activity,
  ChartGantt,
  CircleX,
  Clock,
  Cpu,
  Database,
  GitFork,
  Globe,
  Layers,
  type LucideIcon,
  Play,
  ScrollText,
  Settings,
  Workflow,
} from 'lucide-react';
import { type ComponentType, lazy } from 'react';

export interface Screen {
  path: string;
  title: string;
  icon: LucideIcon;
  component: ComponentType;
  /** The addresses below its own that it has, as a pattern; none without. */
  within?: string;
}

/** In the order of the navigation: what happens, what there is, what it runs on. */
export const SCREEN_GROUPS: readonly { title: string; screens: readonly Screen[] }[] = [
  {
    title: 'What happens',
    screens: [
      { path: '/', title: 'Overview', icon: Activity, component: lazy(() => import('../features/overview')) },
      { path: '/runs', title: 'Runs', icon: Play, component: lazy(() => import('../features/runs')), within: '/:id?' },
      {
        path: '/traces',
        title: 'Traces',
        icon: ChartGantt,
        component: lazy(() => import('../features/traces')),
        within: '/:id?',
      },
      { path: '/logs', title: 'Logs', icon: ScrollText, component: lazy(() => import('../features/logs')) },
      {
        path: '/errors',
        title: 'Errors',
        icon: CircleX,
        component: lazy(() => import('../features/errors')),
        within: '/:id?',
      },
      {
        path: '/queues',
        title: 'Queues',
        icon: Layers,
        component: lazy(() => import('../features/queues')),
        within: '/:part?',
      },
    ],
  },
  {
    title: 'What there is',
    screens: [
      { path: '/flow', title: 'Flow', icon: GitFork, component: lazy(() => import('../features/flow')) },
      {
        path: '/workflows',
        title: 'Workflows',
        icon: Workflow,
        component: lazy(() => import('../features/workflows')),
        within: '/*?',
      },
      {
        path: '/endpoints',
        title: 'Endpoints',
        icon: Globe,
        component: lazy(() => import('../features/endpoints')),
        within: '/:id?',
      },
      { path: '/cron', title: 'Cron', icon: Clock, component: lazy(() => import('../features/cron')) },
      { path: '/state', title: 'State', icon: Database, component: lazy(() => import('../features/state')) },
    ],
  },
  {
    title: 'The engine',
    screens: [
      { path: '/workers', title: 'Workers', icon: Cpu, component: lazy(() => import('../features/workers')) },
      {
        path: '/config',
        title: 'Config',
        icon: Settings,
        component: lazy(() => import('../features/config')),
        within: '/:part?',
      },
    ],
  },
];

export const SCREENS: readonly Screen[] = SCREEN_GROUPS.flatMap((group) => group.screens);

/** A screen that a link leads to and no navigation shows. */
export const STEP_SCREEN = lazy(() => import('../features/steps'));
