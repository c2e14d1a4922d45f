// Api steps in every form of the contract. A CommonJS module.
const { api, HttpError, response } = require('@motia/core');
const { guard } = require('./guard.cjs');

module.exports = api({ id: 'get-image', method: 'GET', path: '/images/:imageId' }, ({ params }, ctx) => ({
  id: params.imageId,
  step: ctx.stepId,
}));

module.exports.createUser = api(
  {
    id: 'create-user',
    method: 'POST',
    path: '/users',
    schema: {
      body: {
        type: 'object',
        properties: { name: { type: 'string' }, age: { type: 'integer', default: 18 } },
        required: ['name'],
      },
    },
  },
  async ({ body }) => response({ name: body.name, age: body.age }, { status: 201, headers: { 'x-made': 'yes' } }),
);

module.exports.parts = api(
  {
    id: 'parts',
    method: 'PUT',
    path: '/parts/:id',
    schema: {
      query: { type: 'object', properties: { limit: { type: 'integer' } } },
      params: { type: 'object', properties: { id: { type: 'integer' } } },
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

module.exports.nothing = api({ id: 'nothing', method: 'DELETE', path: '/things/:id' }, async () => {});

module.exports.text = api({ id: 'text', path: '/text' }, () => response('plain words'));

module.exports.bytes = api({ id: 'bytes', path: '/bytes' }, () =>
  response(Buffer.from([0, 255]), { headers: { 'content-type': 'application/x-own' } }),
);

module.exports.pieces = api({ id: 'pieces', path: '/pieces' }, () => {
  async function* parts() {
    yield Buffer.from('one,');
    yield Buffer.from('two');
  }
  return response(parts(), { headers: { 'content-type': 'text/csv' } });
});

module.exports.events = api({ id: 'events', path: '/events' }, async function* () {
  yield 'one';
  yield { two: 2 };
});

module.exports.refuses = api({ id: 'refuses', path: '/refuses' }, () => {
  throw new HttpError(409, 'taken', { by: 'somebody' });
});

module.exports.breaks = api({ id: 'breaks', path: '/breaks' }, async () => {
  throw new Error('inside');
});

module.exports.guarded = api({ id: 'guarded', path: '/guarded', middleware: [guard] }, async () => ({ secret: true }));
