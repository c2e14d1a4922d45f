/** Which frames of a stack are this library's own. */

import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the built library, with a separator at its end. */
export const OWN_DIR: string = dirname(fileURLToPath(import.meta.url)) + sep;

const FRAME = /^\s+at /;
const INTERNAL = /\(?node:(?:internal\/|async_hooks)/;

/** A text that may hold V8 stacks, without the frames of this library and of Node's inside. */
export function withoutOwnFrames(text: string): string {
  if (!text.includes('\n    at ')) return text;
  const lines = text.split('\n');
  return lines.filter((line) => !FRAME.test(line) || !(line.includes(OWN_DIR) || INTERNAL.test(line))).join('\n');
}
