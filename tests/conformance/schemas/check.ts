/** Gives payloads to equal schemas of the libraries: lines `{library, json, results}`, from cases on standard input. */

import { readFileSync } from 'node:fs';
import { z as zod4 } from 'zod';
import { z as zod3 } from 'zod3';
import { order } from './project/motia/lib/order.js';
import { readSchema } from '../../../sdk/node/src/schemas/reader.js';

const cases = JSON.parse(readFileSync(0, 'utf8')) as { values: unknown[]; where: string; json: object };

const SCHEMAS = { 'zod 4': order(zod4), 'zod 3': order(zod3), 'JSON Schema': cases.json };
for (const [library, schema] of Object.entries(SCHEMAS)) {
  const read = readSchema(schema, 'schema');
  const results = await Promise.all(cases.values.map((value) => read.check(value, cases.where)));
  console.log(JSON.stringify({ library, json: read.json, problems: results.map((one) => (one.ok ? [] : one.problems)) }));
}
