import { expect, it } from 'vitest';
import type { StepView } from '../../api/catalog';
import type { Schemas } from '../../api/client';
import { fleets, languageOfFile } from './fleets';

it.each([
  ['motia/steps/a.py', 'python'],
  ['motia/steps/a.mts', 'node'],
  ['motia/steps/a.JS', 'node'],
  ['motia/steps/a.rb', 'ruby'],
  ['motia/events/order.json', ''],
])('%s is of %s', (file, language) => {
  expect(languageOfFile(file)).toBe(language);
});

it('has a fleet for each language, also one whose workers are missing, and files of none at the end', () => {
  const worker = { name: 'python-1', language: 'python', runtime: 'CPython 3.11' } as Schemas['WorkerInfo'];
  const step = { id: 'pay', language: 'node', source: { file: 'pay.ts', line: 1 } } as StepView;
  const faults = ['bad.rb', 'motia/events/x.json'].map((file) => ({ file }) as Schemas['LoadFault']);

  const found = fleets([worker], [step], faults);

  expect(found.map((fleet) => fleet.language)).toEqual(['node', 'python', 'ruby', '']);
  expect(found.map((fleet) => fleet.workers.length)).toEqual([0, 1, 0, 0]);
  expect(found.map((fleet) => fleet.faults.length)).toEqual([0, 0, 1, 1]);
  expect(found[1]?.runtime).toBe('CPython 3.11');
});
