/** Owns `readSchema`: a schema as the author wrote it, understood by whoever knows its library. */

import type { ReadSchema } from './contract.js';
import { SchemaUnreadable } from './contract.js';
import { readJson } from './json.js';
import { isStandard, readStandard } from './standard.js';
import { isZod3, readZod3 } from './zod3.js';
import { isZod4, readZod4 } from './zod4.js';

export type { Checked, JsonSchema, Problem, ReadSchema } from './contract.js';
export { SchemaUnreadable } from './contract.js';

/**
 * Understand what an author wrote: zod 3 or 4, any Standard Schema with a JSON form, or JSON Schema.
 *
 * `what` names the place for errors: `schema.body`. The library is never imported: the author's own
 * instance is asked, whatever its version.
 *
 * Throws SchemaUnreadable, with the part and what to write instead.
 */
export function readSchema(source: unknown, what: string): ReadSchema {
  if (isZod4(source)) return readZod4(source, what);
  if (isZod3(source)) return readZod3(source, what);
  if (isStandard(source)) return readStandard(source, what);
  if (typeof source === 'boolean' || (typeof source === 'object' && source !== null)) return readJson(source, what);
  throw new SchemaUnreadable(
    what,
    `is ${source === null ? 'null' : typeof source === 'function' ? 'a function' : `${typeof source}`}, which is no schema`,
    'use a zod schema, a Standard Schema, or a JSON Schema such as { type: "object" }',
  );
}
