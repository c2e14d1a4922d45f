import { describe, expect, it } from 'vitest';
import type { StepView } from '../../api/catalog';
import { curlOf, draftOf, emptyParams, pathParams, problemAt, problemsOf, requestOf, shownBody } from './draft';
import { bounded, ENTRIES_MAX, type Entry, LEFT_OUT, safe } from './history';

const step = {
  id: 'place-order',
  kind: 'api',
  language: 'node',
  source: { file: 'a.ts', line: 1, function: '' },
  method: 'POST',
  path: '/users/:id/orders',
  request: {
    body: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
    query: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
  },
  is_paused: false,
  open_runs: {},
} as Partial<StepView> as StepView;
const answer = (body: string, type: string, more: object = {}) => ({
  status: 200,
  headers: [['Content-Type', type]] as [string, string][],
  body,
  is_binary: false,
  is_stream: false,
  ended: 'whole' as const,
  head_ms: 1,
  duration_ms: 1,
  trace: null,
  ...more,
});

describe('a draft', () => {
  it('begins with examples of the schemas', () => {
    expect(draftOf(step)).toEqual({
      params: { id: '' },
      query: [['q', 'text']],
      headers: [['content-type', 'application/json']],
      body: '{\n  "n": 1\n}',
    });
  });

  it('has no body where none is sent', () => {
    expect(draftOf({ ...step, method: 'GET' }).body).toBeUndefined();
    expect(draftOf({ ...step, method: 'DELETE', request: null }).body).toBeUndefined();
  });

  it('becomes a request with everything encoded', () => {
    const draft = { ...draftOf(step), params: { id: 'a/b c' }, query: [['q', 'x&y'] as const, ['', 'gone'] as const] };
    expect(requestOf(step, draft).path).toBe('/users/a%2Fb%20c/orders?q=x%26y');
  });

  it('keeps the place of a name of the path that has no value', () => {
    const typed = { ...step, path: '/typed/:kind/*rest' };
    const draft = { ...draftOf(typed), params: { kind: '', rest: '' }, query: [] };
    expect(emptyParams(typed, draft)).toEqual(['kind']);
    expect(requestOf(typed, draft).path).toBe('/typed/:kind/');
    expect(emptyParams(typed, { ...draft, params: { kind: 'a' } })).toEqual([]);
  });

  it('keeps the slashes of a rest parameter', () => {
    expect(pathParams('/files/*rest')).toEqual(['rest']);
    const draft = { ...draftOf(step), params: { rest: 'a/b c' }, query: [] };
    expect(requestOf({ method: 'GET', path: '/files/*rest' }, draft).path).toBe('/files/a/b%20c');
  });

  it('becomes a line for a shell in which nothing has a meaning', () => {
    const curl = curlOf({ method: 'POST', path: '/x', headers: [['a', "it's $HOME"]], body: '`id`' }, 'http://h/');
    expect(curl).toBe("curl -i -X POST 'http://h/x' \\\n  -H 'a: it'\\''s $HOME' \\\n  --data-raw '`id`'");
  });
});

describe('an answer', () => {
  it('names the problems of a refused request by field', () => {
    const details = [{ path: '/n', where: 'body', message: 'is required' }, { message: 'odd' }];
    const problems = problemsOf({ status: 422, body: JSON.stringify({ error: { details } }) });
    expect(problemAt(problems, 'body', 'n')).toBe('is required');
    expect(problemAt(problems, 'query', 'n')).toBeUndefined();
    expect(problemsOf({ status: 422, body: '<html>' })).toEqual([]);
    expect(problemsOf({ status: 200, body: '{"error":{"details":[{"path":"","message":""}]}}' })).toEqual([]);
  });

  it('is shown by its type', () => {
    expect(shownBody(answer('{"a":1}', 'application/problem+json'))).toEqual({ as: 'json', value: { a: 1 } });
    expect(shownBody(answer('{}', 'application/json', { ended: null }))).toEqual({ as: 'text', text: '{}' });
    expect(shownBody(answer('{"a":', 'application/json'))).toEqual({ as: 'text', text: '{"a":' });
    expect(shownBody(answer('data: 1\n\ndata: 2\n\n', 'text/event-stream'))).toEqual({
      as: 'events',
      events: ['data: 1', 'data: 2'],
    });
    expect(shownBody(answer('<b>', 'text/html'))).toEqual({ as: 'text', text: '<b>' });
    expect(shownBody(answer('AAAA', 'image/png', { is_binary: true }))).toEqual({ as: 'binary', base64: 'AAAA' });
    expect(shownBody(answer('', ''))).toEqual({ as: 'nothing' });
  });
});

describe('the history', () => {
  const entry: Entry = { at: 1, step: 'a', draft: draftOf(step), status: 200, duration_ms: 1, trace: null };

  it('keeps no secret', () => {
    const draft = {
      ...entry.draft,
      headers: [['Authorization', 'Bearer x'] as const, ['X-Api-Key', 'y'] as const, ['accept', 'z'] as const],
      query: [['access_token', 'x'] as const],
    };
    const kept = safe({ ...entry, draft }).draft;
    expect(kept.headers.map(([, value]) => value)).toEqual([LEFT_OUT, LEFT_OUT, 'z']);
    expect(kept.query).toEqual([['access_token', LEFT_OUT]]);
  });

  it('is bounded in entries and in size', () => {
    expect(bounded(Array.from({ length: 200 }, () => entry))).toHaveLength(ENTRIES_MAX);
    const large = { ...entry, draft: { ...entry.draft, body: 'x'.repeat(19_000) } };
    expect(bounded(Array.from({ length: 50 }, () => large)).length).toBeLessThan(22);
    expect(safe({ ...entry, draft: { ...entry.draft, body: 'x'.repeat(30_000) } }).draft.body).toBe('');
  });
});
