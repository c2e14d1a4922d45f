import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { StepFault } from '../../src/authoring/errors.js';
import { activate, Collector, declarationOf } from '../../src/authoring/registry.js';
import { api, cron, event, noop, onStart, onStop } from '../../src/authoring/steps.js';
import type { Fault } from '../../src/loading/loader.js';

function collected(work: () => unknown): Collector {
  const collector = new Collector();
  activate(collector);
  try {
    work();
  } finally {
    activate(undefined);
  }
  return collector;
}

const faultsOf = (work: () => unknown): readonly Fault[] => collected(work).faults;

test('a step carries kind, id and handler', () => {
  const handler = async (): Promise<number> => 1;

  const step = event({ id: 'one' }, handler);

  assert.deepEqual({ ...step }, { kind: 'event', id: 'one', handler });
  assert.deepEqual({ ...noop({ id: 'two' }) }, { kind: 'noop', id: 'two' });
});

test('a handler without a name gets the id of its step', () => {
  const step = event({ id: 'send-sms' }, async () => {});

  assert.equal(step.handler?.name, 'send-sms');
  assert.equal(declarationOf(step)?.spec.source.function, '');
});

test('options stand in the manifest as the wire names them', () => {
  const spec = declarationOf(
    event(
      {
        id: 'e',
        description: 'd',
        flows: ['f'],
        triggers: ['t'],
        onError: 'oops',
        timeout: '5m',
        topics: ['a', 'b'],
        retries: 5,
        backoff: 2,
        concurrency: 4,
        key: 'userId',
        onDead: 'block',
        queueDepth: 10,
        schema: z.object({ n: z.int() }),
      },
      async ({ n }) => n,
    ),
  )?.spec;
  const { source, schema, ...rest } = spec ?? assert.fail();

  assert.deepEqual(rest, {
    id: 'e',
    kind: 'event',
    language: 'node',
    description: 'd',
    flows: ['f'],
    triggers: ['t'],
    on_error: 'oops',
    timeout_ms: 300_000,
    topics: ['a', 'b'],
    retries: 5,
    backoff: { initial_ms: 2_000, factor: 2, cap_ms: 60_000, jitter: true },
    concurrency: { limit: 4, key: null },
    key: 'userId',
    on_dead: 'block',
    queue_depth: 10,
  });
  assert.equal((schema as { properties: { n: { type: string } } }).properties.n.type, 'integer');
});

test('api, cron and noop have options of their own', () => {
  const get = declarationOf(api({ id: 'a', path: '/a/:id', schema: { response: z.string() } }, async () => ''))?.spec;
  assert.deepEqual([get?.method, get?.path], ['GET', '/a/:id']);
  assert.deepEqual(Object.keys(get?.request ?? {}), ['response']);
  const nightly = declarationOf(
    cron({ id: 'c', schedule: '@daily', timezone: 'Asia/Tokyo', catchUp: 'none', overlap: 'allow' }, async () => {}),
  )?.spec;
  assert.deepEqual(
    [nightly?.schedule, nightly?.timezone, nightly?.catch_up, nightly?.overlap],
    ['@daily', 'Asia/Tokyo', 'none', 'allow'],
  );
  assert.deepEqual(declarationOf(noop({ id: 'n', triggeredBy: ['x'], topics: ['t'] }))?.spec.triggered_by, ['x']);
});

for (const [what, work, code, message] of [
  [
    'an unknown option',
    () => event({ id: 'a', retires: 1 } as never, async () => {}),
    'unknown-option',
    /'retires'.*did you mean 'retries'/,
  ],
  [
    'an option of another kind',
    () => cron({ id: 'a', schedule: '@daily', path: '/' } as never, () => {}),
    'unknown-option',
    /'path'/,
  ],
  ['a missing id', () => event({} as never, async () => {}), 'missing-option', /'id' is missing/],
  ['a missing path', () => api({ id: 'a' } as never, async () => {}), 'missing-option', /'path' is missing/],
  ['a wrong value', () => event({ id: 'a', retries: -1 }, async () => {}), 'invalid-option', /retries is -1/],
  ['a missing handler', () => (event as any)({ id: 'a' }), 'not-a-function', /the handler is missing/],
  ['a handler that is none', () => (event as any)({ id: 'a' }, 'later'), 'not-a-function', /the handler is 'later'/],
  ['a class', () => (event as any)({ id: 'a' }, class {}), 'not-a-function', /a class/],
  [
    'a generator of an event',
    () => (event as any)({ id: 'a' }, async function* () {}),
    'generator-handler',
    /only api handlers stream/,
  ],
  ['no options', () => (event as any)(async () => {}), 'invalid-option', /the options are/],
  [
    'an unknown part',
    () => api({ id: 'a', path: '/', schema: { boddy: {} } as never }, () => {}),
    'schema-unreadable',
    /'boddy'/,
  ],
  ['a schema that is none', () => event({ id: 'a', schema: 'text' as never }, () => {}), 'schema-unreadable', /schema/],
  ['a handler of a noop', () => (noop as any)({ id: 'a' }, () => {}), 'not-a-function', undefined],
  ['a hook that is none', () => onStart('x' as never), 'not-a-function', /onStart/],
  ['a hook with arguments', () => onStop(((a: number) => a) as never), 'signature-mismatch', /takes 1 argument/],
] as const) {
  if (message === undefined) continue;
  test(`${what} is a fault with its place`, () => {
    const fault = faultsOf(work).find((one) => one.code === code);

    assert.ok(fault, JSON.stringify(faultsOf(work)));
    assert.match(`${fault.message} | ${fault.hint}`, message);
    assert.ok(typeof fault.file === 'string');
  });
}

test('everything that is wrong is told at once', () => {
  const codes = faultsOf(() => api({ id: '', path: 'x', method: 'NO', boo: 1 } as never, async () => {})).map(
    (one) => one.code,
  );

  assert.deepEqual(codes, ['invalid-option', 'invalid-option', 'invalid-option', 'unknown-option']);
});

test('outside a worker a wrong declaration throws', () => {
  assert.throws(() => event({ id: 'a', retires: 1 } as never, async () => {}), StepFault);
});

test('hooks are collected in order', () => {
  const { hooks } = collected(() => {
    onStart(() => {});
    onStop(async () => {});
  });

  assert.deepEqual(
    hooks.map((hook) => hook.when),
    ['start', 'stop'],
  );
});
