/** Api and cron steps of the conformance suite. */

import { api, cron, HttpError, noop, response, trigger } from '@motia/core';
import { z } from 'zod';

export const getUser = api({ id: 'get-user', method: 'GET', path: '/users/:id' }, async ({ params, request }) => ({
  id: params.id,
  method: request.method,
}));

export const createUser = api(
  {
    id: 'create-user',
    method: 'POST',
    path: '/users',
    schema: { body: z.object({ name: z.string(), age: z.int() }) },
  },
  async ({ body }) => response(body, { status: 201, headers: { 'x-made': 'yes' } }),
);

export const nothing = api({ id: 'nothing', method: 'DELETE', path: '/users/:id' }, async () => {});

export const text = api({ id: 'text', path: '/text' }, async () => 'plain words');

export const raw = api({ id: 'raw', method: 'POST', path: '/raw' }, async (request) =>
  response(request.raw, { headers: { 'content-type': 'application/x-own' } }),
);

export const refuses = api({ id: 'refuses', path: '/refuses' }, async () => {
  throw new HttpError(409, 'taken', { by: 'somebody' }, { headers: { 'x-why': 'so' } });
});

export const breaks = api({ id: 'breaks', path: '/breaks' }, async function breaks() {
  throw new RangeError('missing');
});

async function stamp(_request, ctx, next) {
  const answer = await next();
  return answer.withHeader('x-stamp', ctx.stepId);
}

async function guard(request, _ctx, next) {
  if (request.headers.authorization === undefined) return response({ error: 'who are you' }, { status: 401 });
  return next();
}

export const guarded = api({ id: 'guarded', path: '/guarded', middleware: [stamp, guard] }, async () => ({ secret: true }));

export const streams = api({ id: 'streams', path: '/streams' }, async function* () {
  yield 'one';
  yield { two: 2 };
});

async function* pieces() {
  for (let count = 0; count < 16; count++) yield Buffer.alloc(65_536, 'p');
}

export const floods = api({ id: 'floods', path: '/floods' }, async () =>
  response(pieces(), { headers: { 'content-type': 'application/octet-stream' } }),
);

export const breaksMidway = api({ id: 'breaks-midway', path: '/breaks-midway' }, async function* () {
  yield 'one';
  await null;
  throw new Error('midway');
});

export const upload = api({ id: 'upload', method: 'POST', path: '/upload' }, async ({ files, form }) => {
  const file = files.doc;
  return { filename: file.filename, size: file.sizeBytes, text: file.text(), title: form.title };
});

export const accepts = api({ id: 'accepts', method: 'POST', path: '/accepts' }, async ({ body }) => {
  const receipt = await trigger('echo', body);
  return response(receipt, { status: 202 });
});

export const nightly = cron(
  { id: 'nightly', schedule: '0 3 * * *', timezone: 'Europe/Berlin', overlap: 'queue' },
  async (ctx) => ({ at: ctx.trigger.details.scheduledAt ?? null }),
);

export const approval = noop({ id: 'approval', triggers: ['echo'], description: 'a person says yes' });
