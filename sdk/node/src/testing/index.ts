/**
 * `@motia/core/testing`: an engine for the project inside a test, whatever the test runner is.
 *
 * ```ts
 * import { app } from '@motia/core/testing';
 *
 * test('a new user is answered', () =>
 *   app(async (client) => {
 *     const answer = await client.request('POST', '/users', { json: { name: 'Ada' } });
 *     assert.equal(answer.status, 201);
 *   }));
 * ```
 */

export type { Answer, RequestOptions } from './answer.js';
export { type AppOptions, app, type Client, RunFailed, type TestRun } from './app.js';
export { type Engine, findEngine, howToGetTheEngine } from './engine.js';
export { EngineError } from './line.js';
