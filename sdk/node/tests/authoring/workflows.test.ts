import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activate, Collector } from '../../src/authoring/registry.js';
import { collectWorkflows, workflow } from '../../src/authoring/workflows.js';

const OPTIONS = { id: 'order', start: 'place', steps: { charge: { after: 'reserve' } }, timeout: '1h' } as const;

test('a step file is told that nobody reads its workflow', () => {
  const collector = new Collector();
  activate(collector);
  try {
    assert.equal(workflow(OPTIONS), OPTIONS);
  } finally {
    activate(undefined);
  }

  const [fault] = collector.faults;
  assert.equal(fault?.code, 'workflow-misplaced');
  assert.match(fault?.message ?? '', /'order'/);
});

test('calls are collected as JSON, and what is no JSON with the reason', () => {
  const declared = collectWorkflows();

  workflow(OPTIONS);
  workflow({ ...OPTIONS, steps: { charge: { with: { at: 1n } } } });
  workflow(undefined as never);

  assert.deepEqual(
    declared.map((one) => ('options' in one ? one.options : one.problem.includes('/steps/charge/with/at'))),
    [{ ...OPTIONS, steps: { charge: { after: 'reserve' } } }, true, null],
  );
});
