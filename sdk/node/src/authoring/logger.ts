/** `logger`: log lines of the run that writes them. */

import type { Logger } from '../types.js';
import { lenientJson, shown } from './encoding.js';
import { withoutOwnFrames } from './frames.js';
import { current, type LogLevel, workerPort } from './invocation.js';

/** Writes log lines. Never waits, never throws. Outside a worker (a unit test) lines go to the console. */
export const logger: Logger = {
  debug: (message, fields) => write('debug', message, fields),
  info: (message, fields) => write('info', message, fields),
  warn: (message, fields) => write('warn', message, fields),
  error: (message, fields) => write('error', message, fields),
};

function write(level: LogLevel, message: unknown, fields: unknown): void {
  const invocation = current.getStore();
  const port = invocation?.port ?? workerPort();
  if (port === undefined) {
    if (fields === undefined) console[level](message);
    else console[level](message, fields);
    return;
  }
  let text: string;
  if (typeof message === 'string') text = message;
  else if (message instanceof Error) text = withoutOwnFrames(message.stack ?? String(message));
  else text = shown(message);
  port.log(invocation?.isOver ? undefined : invocation, level, text, fieldsText(fields), 'logger');
}

function fieldsText(fields: unknown): string | undefined {
  if (fields === undefined || fields === null) return undefined;
  if (fields instanceof Error) return lenientJson({ error: fields });
  return lenientJson(typeof fields === 'object' && !Array.isArray(fields) ? fields : { fields });
}
