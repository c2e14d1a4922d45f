/** What holds without strict too. */
import { api, event } from '@motia/core';
import { z } from 'zod';
import { type Equal, expect } from './equal.js';

export const anything = event({ id: 'anything' }, (payload) => {
  expect<Equal<typeof payload, any>>(true);
});

export const resize = event({ id: 'resize', schema: z.object({ image: z.string() }) }, (payload) => {
  payload.image.toUpperCase();
  // @ts-expect-error: no such field
  void payload.imgae;
});

export const create = api(
  { id: 'create', path: '/users/:id', schema: { body: z.object({ name: z.string() }) } },
  ({ body, params }) => {
    body.name.toUpperCase();
    params.id.toUpperCase();
    // @ts-expect-error: no such field
    void body.nmae;
    // @ts-expect-error: no such parameter
    void params.user;
  },
);

export const plain = api({ id: 'plain', path: '/plain' }, ({ body, query }) => {
  expect<Equal<typeof body, any>>(true);
  return [body.anything, query.page];
});
