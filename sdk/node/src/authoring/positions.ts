/** Where in the author's files the code that calls into this library stands. */

import { fileURLToPath } from 'node:url';
import { authorPosition } from '../loading/positions.js';
import { OWN_DIR } from './frames.js';
import type { Position } from './registry.js';

const FRAMES_MAX = 12;

/** The position of the innermost caller that is not of this library. */
export function callerPosition(): Position {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES_MAX;
  // The places as they are in the files that run; `authorPosition` knows where those come from.
  Error.prepareStackTrace = (_, sites) => sites;
  const sites = new Error().stack as unknown as NodeJS.CallSite[];
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  for (const site of sites) {
    const name = site.getFileName();
    if (name == null || name.startsWith('node:')) continue;
    const path = name.startsWith('file:') ? fileURLToPath(name) : name;
    if (path.startsWith(OWN_DIR)) continue;
    const line = site.getLineNumber() ?? 1;
    return authorPosition(path, line, site.getColumnNumber() ?? 1) ?? { file: path, line };
  }
  return { file: '', line: 0 };
}
