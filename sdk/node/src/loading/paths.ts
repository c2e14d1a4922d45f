/** How project files are named: relative to the root, with slashes. */

import { relative } from 'node:path';

/** `path` (absolute) relative to `root`, with `/`. */
export function relativeTo(root: string, path: string): string {
  return relative(root, path).replaceAll('\\', '/');
}
