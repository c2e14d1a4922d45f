/** Every screen: where it is, what it is called, which key goes to it. Loaded when first shown. */
import {
  Activity,
  CircleX,
  Clock,
  Cpu,
  Database,
  GitFork,
  Layers,
  type LucideIcon,
  Network,
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
}

/** In the order of the navigation. */
export const SCREENS: readonly Screen[] = [
  { path: '/', title: 'Overview', icon: Activity, component: lazy(() => import('../features/overview')) },
  { path: '/flow', title: 'Flow', icon: GitFork, component: lazy(() => import('../features/flow')) },
  { path: '/runs', title: 'Runs', icon: Play, component: lazy(() => import('../features/runs')) },
  { path: '/traces', title: 'Traces', icon: Network, component: lazy(() => import('../features/traces')) },
  { path: '/logs', title: 'Logs', icon: ScrollText, component: lazy(() => import('../features/logs')) },
  { path: '/errors', title: 'Errors', icon: CircleX, component: lazy(() => import('../features/errors')) },
  { path: '/endpoints', title: 'Endpoints', icon: Network, component: lazy(() => import('../features/endpoints')) },
  { path: '/queues', title: 'Queues', icon: Layers, component: lazy(() => import('../features/queues')) },
  { path: '/cron', title: 'Cron', icon: Clock, component: lazy(() => import('../features/cron')) },
  { path: '/workflows', title: 'Workflows', icon: Workflow, component: lazy(() => import('../features/workflows')) },
  { path: '/state', title: 'State', icon: Database, component: lazy(() => import('../features/state')) },
  { path: '/workers', title: 'Workers', icon: Cpu, component: lazy(() => import('../features/workers')) },
  { path: '/config', title: 'Config', icon: Settings, component: lazy(() => import('../features/config')) },
];

/** Screens that a link leads to and no navigation shows. A feature's own sub-paths are its own business. */
export const STEP_SCREEN = lazy(() => import('../features/steps'));
