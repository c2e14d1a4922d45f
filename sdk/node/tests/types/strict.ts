/** What only strict projects tell apart. */
import type { FromJsonSchema, InputOf } from '@motia/core';
import { z } from 'zod';
import { type Equal, expect } from './equal.js';

type Read = FromJsonSchema<{
  type: 'object';
  properties: { a: { type: 'string' }; b: { type: 'number'; default: 1 } };
  required: ['a'];
}>;
expect<Equal<Read, { a: string; b: number }>>(true);

type Sent = InputOf<{
  type: 'object';
  properties: { a: { type: 'string' }; b: { type: 'number'; default: 1 } };
  required: ['a'];
}>;
expect<Equal<Sent, { a: string; b?: number }>>(true);

const schema = z.object({ a: z.string(), b: z.number().default(1) });
expect<Equal<InputOf<typeof schema>, { a: string; b?: number | undefined }>>(true);
