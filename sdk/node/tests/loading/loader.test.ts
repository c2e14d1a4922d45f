import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FORMS } from './forms.js';
import { load, project } from './project.js';

for (const form of FORMS) {
  test(`runs ${form.name}`, { timeout: 20_000 }, async () => {
    const step = form.step ?? 'motia/steps/a.ts';
    const root = project(form.files);

    const loaded = await load(root, [step, ...Object.keys(form.files).filter((name) => name.endsWith('steps/b.ts'))]);

    assert.deepEqual(loaded.faults, []);
    const value = loaded.modules.find((one) => one.file === step)?.namespace.default;
    assert.deepEqual(JSON.parse(JSON.stringify(value)), form.value);
  });
}
