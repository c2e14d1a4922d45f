// Api steps in every form of the contract.
import { api, HttpError, response } from '@motia/core';
import { z } from 'zod';
import { guard } from './inner/guard';

export default api({ id: 'get-image', method: 'GET', path: '/images/:imageId' }, ({ params }, ctx) => ({
  id: params.imageId,
  step: ctx.stepId,
}));

export const createUser = api(
  {
    id: 'create-user',
    method: 'POST',
    path: '/users',
    schema: {
      body: z.object({ name: z.string(), age: z.number().int().default(18) }),
    },
  },
  async ({ body }) => response({ name: body.name, age: body.age }, { status: 201, headers: { 'x-made': 'yes' } }),
);

export const parts = api(
  {
    id: 'parts',
    method: 'PUT',
    path: '/parts/:id',
    schema: {
      query: z.object({ limit: z.coerce.number().optional() }),
      params: z.object({ id: z.coerce.number().int() }),
    },
  },
  async ({ request, body, params, query, headers }) => ({
    method: request.method,
    body,
    params,
    query,
    agent: headers['user-agent'],
    raw: request.raw.length,
  }),
);

export const nothing = api({ id: 'nothing', method: 'DELETE', path: '/things/:id' }, async () => {});

export const text = api({ id: 'text', path: '/text' }, () => response('plain words'));

export const bytes = api({ id: 'bytes', path: '/bytes' }, () =>
  response(Buffer.from([0, 255]), { headers: { 'content-type': 'application/x-own' } }),
);

export const pieces = api({ id: 'pieces', path: '/pieces' }, () => {
  async function* parts() {
    yield Buffer.from('one,');
    yield Buffer.from('two');
  }
  return response(parts(), { headers: { 'content-type': 'text/csv' } });
});

export const events = api({ id: 'events', path: '/events' }, async function* () {
  yield 'one';
  yield { two: 2 };
});

export const refuses = api({ id: 'refuses', path: '/refuses' }, () => {
  throw new HttpError(409, 'taken', { by: 'somebody' });
});

export const breaks = api({ id: 'breaks', path: '/breaks' }, async () => {
  throw new Error('inside');
});

export const guarded = api({ id: 'guarded', path: '/guarded', middleware: [guard] }, async () => ({ secret: true }));
