import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { bindPayload, bindRequest } from '../../src/authoring/binding.js';
import { InputInvalid } from '../../src/authoring/errors.js';
import { type Declaration, declarationOf } from '../../src/authoring/registry.js';
import { HttpRequest } from '../../src/authoring/request.js';
import { api } from '../../src/authoring/steps.js';
import type { RequestMessage } from '../../src/protocol/messages.js';
import { readSchema } from '../../src/schemas/reader.js';
import type { ApiSchemas } from '../../src/types.js';

function bind(schema: ApiSchemas, message: Partial<RequestMessage>, raw = ''): HttpRequest | Promise<HttpRequest> {
  const step = api({ id: 'a', path: '/a/:id', schema }, async () => {});
  const request = new HttpRequest({ method: 'POST', url: '/a', path: '/a', ...message }, Buffer.from(raw));
  return bindRequest(declarationOf(step) as Declaration, request);
}

const problems = (work: () => unknown): string[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof InputInvalid) return error.problems.map((one) => `${one.where}${one.path}`);
    throw error;
  }
  return assert.fail('it was accepted');
};

const user = z.object({ name: z.string().trim(), age: z.int().default(18) });

test('defaults and transforms reach the handler', () => {
  const request = bind({ body: user }, { media: 'json' }, '{"name":" Ann "}') as HttpRequest;

  assert.deepEqual(request.body, { name: 'Ann', age: 18 });
  assert.equal(request.text, '{"name":" Ann "}');
});

test('problems of every part come together', () => {
  const schema = { body: user, query: z.object({ page: z.int() }), params: z.object({ id: z.string().min(3) }) };

  assert.deepEqual(
    problems(() => bind(schema, { media: 'json', query: { page: 'x' }, params: { id: '1' } }, '{"age":1}')),
    ['body/name', 'query/page', 'params/id'],
  );
});

test('fields of a form are converted, files are beside them', () => {
  const schema = { body: z.object({ age: z.int(), doc: z.any() }) };
  const files = [{ name: 'doc', filename: 'f', content_type: 't', offset: 0, length: 2 }];

  const request = bind(schema, { media: 'multipart', form: { age: '7' }, files }, 'abcd') as HttpRequest;

  assert.equal(request.body.age, 7);
  assert.equal(request.body.doc.text(), 'ab');
});

test('only the headers that a schema names are its business', () => {
  const schema = { headers: z.strictObject({ 'X-Count': z.int() }) };

  const request = bind(schema, {
    headers: [
      ['x-count', '5'],
      ['host', 'h'],
    ],
  }) as HttpRequest;

  assert.deepEqual(request.headers, { 'x-count': '5', host: 'h', 'X-Count': 5 });
  assert.deepEqual(
    problems(() => bind(schema, { headers: [['host', 'h']] })),
    ['headers/X-Count'],
  );
});

test('a body that is missing counts as an empty object, for schemas of objects', () => {
  assert.deepEqual((bind({ body: z.object({ a: z.int().default(1) }) }, {}) as HttpRequest).body, { a: 1 });
  assert.deepEqual(
    problems(() => bind({ body: user }, {})),
    ['body/name'],
  );
  assert.deepEqual(
    problems(() => bind({ body: z.string() }, {})),
    ['body'],
  );
});

test('an asynchronous schema is awaited', async () => {
  const body = z.object({ name: z.string().refine(async (name) => name !== 'taken') });

  assert.deepEqual((await bind({ body }, { media: 'json' }, '{"name":"free"}')).body, { name: 'free' });
  await assert.rejects(Promise.resolve(bind({ body }, { media: 'json' }, '{"name":"taken"}')), InputInvalid);
});

test('a payload is what its schema makes of it', () => {
  const schema = readSchema(user, 'schema');

  assert.deepEqual(bindPayload(schema, { name: 'Ann' }), { name: 'Ann', age: 18 });
  assert.throws(() => bindPayload(schema, { name: 5 }), InputInvalid);
});
