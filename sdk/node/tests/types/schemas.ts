import type { FromJsonSchema, InputOf, OutputOf, ParamsOf } from '@motia/core';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { z as z3 } from 'zod3';
import { z as z4of3 } from 'zod3/v4';
import { type Equal, expect } from './equal.js';

const four = z.object({
  name: z.string(),
  size: z.coerce.number().default(3),
  at: z.string().transform((text) => new Date(text)),
});
expect<Equal<OutputOf<typeof four>, { name: string; size: number; at: Date }>>(true);
expect<Equal<InputOf<typeof four>['name'], string>>(true);
expect<Equal<InputOf<typeof four>['at'], string>>(true);

const three = z3.object({
  name: z3.string(),
  size: z3.number().default(3),
  at: z3.string().transform((text) => new Date(text)),
});
expect<Equal<OutputOf<typeof three>, { name: string; size: number; at: Date }>>(true);
expect<Equal<InputOf<typeof three>['at'], string>>(true);

const fourOfThree = z4of3.object({ name: z4of3.string() });
expect<Equal<OutputOf<typeof fourOfThree>, { name: string }>>(true);

const small = mini.object({ name: mini.string() });
expect<Equal<OutputOf<typeof small>, { name: string }>>(true);

const vali = v.object({ name: v.string(), size: v.pipe(v.string(), v.transform(Number)) });
expect<Equal<OutputOf<typeof vali>, { name: string; size: number }>>(true);
expect<Equal<InputOf<typeof vali>, { name: string; size: string }>>(true);

const ark = type({ name: 'string', size: 'string.numeric.parse' });
expect<Equal<OutputOf<typeof ark>['size'], number>>(true);
expect<Equal<InputOf<typeof ark>['size'], string>>(true);

// zod before 3.24 has no `~standard`
declare const old: { readonly _input: { a: string }; readonly _output: { a: number }; readonly _def: object };
expect<Equal<OutputOf<typeof old>, { a: number }>>(true);
expect<Equal<InputOf<typeof old>, { a: string }>>(true);

const literal = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    count: { type: 'integer', default: 1 },
    size: { enum: ['s', 'm', null] },
    kind: { const: 'x' },
    tags: { type: 'array', items: { type: 'string' } },
    either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
    maybe: { type: ['string', 'null'] },
    open: { type: 'string', nullable: true },
    extra: { type: 'object', additionalProperties: { type: 'number' } },
    free: { type: 'object' },
    node: { $ref: '#/$defs/node' },
  },
  required: ['id', 'size', 'kind', 'tags', 'either', 'maybe', 'open', 'extra', 'free', 'node'],
  $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
} as const;
type Read = FromJsonSchema<typeof literal>;
expect<Equal<Read['id'], string>>(true);
expect<Equal<Read['count'], number>>(true);
expect<Equal<Read['size'], 's' | 'm' | null>>(true);
expect<Equal<Read['kind'], 'x'>>(true);
expect<Equal<Read['tags'], string[]>>(true);
expect<Equal<Read['either'], string | number>>(true);
expect<Equal<Read['maybe'], string | null>>(true);
expect<Equal<Read['open'], string | null>>(true);
expect<Equal<Read['extra'], Record<string, number>>>(true);
expect<Equal<Read['free'], Record<string, any>>>(true);
expect<Equal<NonNullable<NonNullable<Read['node']['next']>['next']>['next'], Read['node']['next']>>(true);
const sent: InputOf<typeof literal> = {
  id: 'x',
  size: 's',
  kind: 'x',
  tags: [],
  either: 1,
  maybe: 'm',
  open: 'o',
  extra: { a: 1 },
  free: {},
  node: { next: {} },
};
expect<Equal<typeof sent.id, string>>(true);

// what says more than types can, is anything
declare const wide: { readonly [keyword: string]: unknown };
expect<Equal<OutputOf<typeof wide>, any>>(true);
expect<Equal<OutputOf<{ allOf: readonly [{ type: 'string' }] }>, any>>(true);
expect<Equal<OutputOf<true>, any>>(true);

expect<Equal<ParamsOf<'/users/:id/posts/:post'>, { readonly id: string; readonly post: string }>>(true);
expect<Equal<ParamsOf<string>, Record<string, string>>>(true);
