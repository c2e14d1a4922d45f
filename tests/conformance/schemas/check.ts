/** Gives payloads to equal schemas of the libraries: lines `{library, json, results}`, from cases on standard input. */

import { readFileSync } from 'node:fs';
import { z as zod4 } from 'zod';
import { z as zod3 } from 'zod3';
import { readSchema } from '../../../sdk/node/src/schemas/reader.js';

const cases = JSON.parse(readFileSync(0, 'utf8')) as { values: unknown[]; where: string; json: object };

function order(z: any): object {
  return z.object({
    name: z.string().min(1).max(4),
    count: z.number().int().min(1).max(9),
    price: z.number().gt(0).optional(),
    kind: z.enum(['a', 'b', 'c', 'd']),
    state: z.literal('new'),
    tags: z.array(z.string()).min(1).max(2),
    code: z.string().regex(/^[A-Z]{2}$/),
    ref: z.string().uuid().optional(),
    either: z.union([z.string(), z.number()]).optional(),
    note: z.string().nullable(),
    inside: z.object({ deep: z.boolean() }).strict(),
  });
}

const SCHEMAS = { 'zod 4': order(zod4), 'zod 3': order(zod3), 'JSON Schema': cases.json };
for (const [library, schema] of Object.entries(SCHEMAS)) {
  const read = readSchema(schema, 'schema');
  const results = await Promise.all(cases.values.map((value) => read.check(value, cases.where)));
  console.log(JSON.stringify({ library, json: read.json, problems: results.map((one) => (one.ok ? [] : one.problems)) }));
}
