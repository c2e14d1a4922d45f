/** Workers, steps and faults of each language of the project. */

import type { StepView } from '../../api/catalog';
import type { Schemas } from '../../api/client';

export interface Fleet {
  language: string;
  runtime: string;
  workers: readonly Schemas['WorkerInfo'][];
  steps: readonly StepView[];
  faults: readonly Schemas['LoadFault'][];
}

const LANGUAGES: Record<string, string> = {
  py: 'python',
  ts: 'node',
  mts: 'node',
  cts: 'node',
  tsx: 'node',
  js: 'node',
  mjs: 'node',
  cjs: 'node',
  jsx: 'node',
  rb: 'ruby',
};

/** The language of a file by its ending; empty for files of none, such as event definitions. */
export function languageOfFile(file: string): string {
  return LANGUAGES[file.slice(file.lastIndexOf('.') + 1).toLowerCase()] ?? '';
}

/** One fleet a language, by name; faults of no language are in a last one without a name. */
export function fleets(
  workers: readonly Schemas['WorkerInfo'][],
  steps: readonly StepView[],
  faults: readonly Schemas['LoadFault'][],
): Fleet[] {
  const names = new Set([
    ...workers.map((worker) => worker.language),
    ...steps.map((step) => step.language),
    ...faults.map((fault) => languageOfFile(fault.file)),
  ]);
  const sorted = [...names].sort((one, other) => (one === '' ? 1 : other === '' ? -1 : one.localeCompare(other)));
  return sorted.map((language) => {
    const own = workers.filter((worker) => worker.language === language);
    return {
      language,
      runtime: own[0]?.runtime ?? '',
      workers: own,
      steps: steps.filter((step) => step.language === language),
      faults: faults.filter((fault) => languageOfFile(fault.file) === language),
    };
  });
}
