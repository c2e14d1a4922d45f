/** The steps of the project, as screens need them. */
import { useMemo } from 'react';
import { useApi } from './queries';

export interface StepEntry {
  id: string;
  kind: 'api' | 'event' | 'cron' | 'noop';
  language: string;
  source: { file: string; line: number; function?: string };
  flows?: string[];
  triggers?: string[];
  method?: string;
  path?: string;
  schema?: unknown;
  is_paused: boolean;
  open_runs: Record<string, number>;
}

/** All steps by id; undefined until they are known. */
export function useSteps(): readonly StepEntry[] | undefined {
  const { data } = useApi('/v1/steps', { live: ['manifest', 'step'] });
  return data?.steps as unknown as readonly StepEntry[] | undefined;
}

/** Which step a file of the project belongs to: `own` if it has it, so that a stack opens its own step. */
export function useStepOfFile(own?: string): (file: string) => string | undefined {
  const steps = useSteps();
  return useMemo(() => {
    const byFile = new Map<string, string>();
    for (const step of steps ?? []) {
      if (!byFile.has(step.source.file) || step.id === own) byFile.set(step.source.file, step.id);
    }
    return (file) => byFile.get(file);
  }, [steps, own]);
}
