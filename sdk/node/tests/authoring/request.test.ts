import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { InputInvalid } from '../../src/authoring/errors.js';
import { HttpRequest } from '../../src/authoring/request.js';
import type { RequestMessage } from '../../src/protocol/messages.js';
import type { UploadedFile } from '../../src/types.js';

const make = (more: Partial<RequestMessage> = {}, raw: string | Buffer = ''): HttpRequest =>
  new HttpRequest({ method: 'GET', url: '/a?b=1', path: '/a', ...more }, Buffer.from(raw));

test('headers are joined, and every value can be had', () => {
  const request = make({
    headers: [
      ['a', '1'],
      ['cookie', 'x=1; y="2"; z'],
      ['a', '2'],
      ['__proto__', 'p'],
    ],
  });

  assert.equal(request.headers.a, '1, 2');
  assert.deepEqual(request.headerValues('A'), ['1', '2']);
  assert.deepEqual(request.cookies, { x: '1', y: '2' });
});

test('a body is what its media says', () => {
  assert.deepEqual(make({ media: 'json' }, '{"a":[1]}').body, { a: [1] });
  assert.equal(make({ media: 'json' }).body, null);
  assert.equal(make({ media: 'text' }, 'words').body, 'words');
  assert.deepEqual(make({ media: 'bytes' }, Buffer.from([255])).body, Buffer.from([255]));
  assert.equal(make().body, null);
  assert.deepEqual(make({ media: 'form', form: { a: ['1', '2'] } }, 'a=1&a=2').body, { a: ['1', '2'] });
});

test('a body that cannot be read is a problem of the body', () => {
  for (const [text, path] of [
    ['{"a":', ''],
    ['{"a":[9007199254740993]}', '/a/0'],
  ] as const) {
    assert.throws(
      () => make({ media: 'json' }, text).body,
      (error) =>
        error instanceof InputInvalid && error.problems[0]?.where === 'body' && error.problems[0].path === path,
    );
  }
});

test('files are slices of the body', async () => {
  const part = { filename: 'f.txt', content_type: 'text/plain', length: 3 };
  const files = [
    { name: 'doc', offset: 2, ...part },
    { name: 'many', offset: 0, ...part },
    { name: 'many', offset: 3, ...part },
  ];
  const request = make({ media: 'multipart', form: { title: 'T' }, files }, 'abcdefgh');
  const folder = mkdtempSync(join(tmpdir(), 'motia-request-'));

  const { doc, many, title } = request.body;
  await doc.save(join(folder, 'saved'));

  assert.deepEqual([doc.text(), doc.sizeBytes, doc.contentType, title], ['cde', 3, 'text/plain', 'T']);
  assert.deepEqual(
    many.map((file: UploadedFile) => file.read().toString()),
    ['abc', 'def'],
  );
  assert.equal(readFileSync(join(folder, 'saved'), 'utf8'), 'cde');
  rmSync(folder, { recursive: true });
});

test('handlers may take parts and whole', () => {
  const request = make({ params: { id: '7' }, query: { b: 1 } });

  const { params, query, request: whole, method } = request;

  assert.deepEqual([params, query, whole, method], [{ id: '7' }, { b: 1 }, request, 'GET']);
});
