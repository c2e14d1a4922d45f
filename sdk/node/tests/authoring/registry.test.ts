import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activate, Collector, type Declaration, declarationOf, exportedSteps } from '../../src/authoring/registry.js';
import { event } from '../../src/authoring/steps.js';
import type { Step } from '../../src/types.js';

type Namespaces = Record<string, Record<string, unknown>>;

/** What is found in files that make `ids` (as if at line 3 of `a.ts`) and export what `namespaces` says. */
function found(ids: readonly string[], namespaces: (steps: Step[]) => Namespaces, importsMakers = true) {
  const collector = new Collector();
  activate(collector);
  const steps = ids.map((id) => event({ id }, async () => {}));
  activate(undefined);
  collector.declarations.forEach((one, index) => {
    collector.declarations[index] = { ...one, position: { file: 'a.ts', line: 3 } };
  });
  // The registry compares declarations as the steps carry them.
  collector.declarations.splice(
    0,
    Number.POSITIVE_INFINITY,
    ...steps.map((step) => declarationOf(step) as Declaration),
  );
  for (const one of collector.declarations) Object.assign(one, { position: { file: 'a.ts', line: 3 } });
  const modules = Object.entries(namespaces(steps)).map(([file, namespace]) => ({ file, namespace }));
  const { steps: exported, faults } = exportedSteps(modules, collector, () => importsMakers);
  return { ids: exported.map((one) => one.spec.id), faults: faults.map((one) => [one.code, one.file, one.line]) };
}

test('the steps of a module are its exports, default and named', () => {
  assert.deepEqual(
    found(['a', 'b'], ([a, b]) => ({ 'a.ts': { default: a, other: b, helper: () => {}, version: 3 } })),
    { ids: ['a', 'b'], faults: [] },
  );
});

test('the members of a CommonJS module are its exports, once', () => {
  assert.deepEqual(
    found(['a', 'b'], ([a, b]) => {
      const all = { a, b };
      return { 'a.ts': { default: all, 'module.exports': all, a } };
    }),
    { ids: ['a', 'b'], faults: [] },
  );
  assert.deepEqual(
    found(['a'], ([a]) => ({ 'a.ts': { default: a, 'module.exports': a } })),
    { ids: ['a'], faults: [] },
  );
});

test('steps that a CommonJS module hangs on its only export are exports too', () => {
  assert.deepEqual(
    found(['a', 'b'], ([a, b]) => ({ 'a.cjs': { default: Object.assign(a as object, { b }) } })),
    { ids: ['a', 'b'], faults: [] },
  );
});

test('a step that is not exported is a fault', () => {
  assert.deepEqual(
    found(['a', 'b'], ([a]) => ({ 'a.ts': { a } })),
    { ids: ['a'], faults: [['not-exported', 'a.ts', 3]] },
  );
});

test('a step of a helper that another file exports is that file its own', () => {
  assert.deepEqual(
    found(['a'], ([a]) => ({ 'b.ts': { a } })),
    { ids: ['a'], faults: [] },
  );
});

test('a step that is exported twice is a fault, from one file or two', () => {
  assert.deepEqual(
    found(['a'], ([a]) => ({ 'a.ts': { default: a, again: a } })),
    { ids: ['a'], faults: [['exported-twice', 'a.ts', 3]] },
  );
  assert.deepEqual(
    found(['a'], ([a]) => ({ 'a.ts': { a }, 'b.ts': { b: a } })),
    { ids: ['a'], faults: [['exported-twice', 'b.ts', 0]] },
  );
});

test('an array of steps is a fault', () => {
  const { ids, faults } = found(['a'], ([a]) => ({ 'a.ts': { steps: [a] } }));

  assert.deepEqual(ids, []);
  assert.deepEqual(faults[0], ['array-export', 'a.ts', 3]);
});

test('a default export that is no step is a fault where step makers are imported', () => {
  const only = () => ({ 'a.ts': { default: async () => {} } });

  assert.deepEqual(found([], only).faults, [['no-step', 'a.ts', 1]]);
  assert.deepEqual(found([], only, false).faults, []);
});
