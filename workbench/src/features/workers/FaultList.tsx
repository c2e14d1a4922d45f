/** What of the project's files could not be loaded, where, and what to do. */
import { CircleX, TriangleAlert } from 'lucide-react';
import type { StepView } from '../../api/catalog';
import type { Schemas } from '../../api/client';
import { SourceLink } from '../../components/Ids';
import { CopyButton } from '../../components/Json';

export function FaultList({ faults, steps }: { faults: readonly Schemas['LoadFault'][]; steps: readonly StepView[] }) {
  return (
    <ul className="divide-y divide-line border-t border-line" aria-label="Faults">
      {faults.map((fault) => {
        const isWarning = fault.severity === 'warning';
        const Icon = isWarning ? TriangleAlert : CircleX;
        // The source view shows files of registered steps only.
        const step = steps.find((one) => one.source.file === fault.file);
        return (
          <li
            key={`${fault.file}:${fault.line}:${fault.code}:${fault.message}`}
            className="flex gap-2.5 px-3 py-2 text-sm"
          >
            <Icon
              size={16}
              className={`mt-0.5 shrink-0 ${isWarning ? 'text-warn' : 'text-bad'}`}
              aria-label={isWarning ? 'warning' : 'error'}
            />
            <div className="min-w-0 flex-1">
              <p className="break-words">{fault.message}</p>
              <p className="mt-0.5 flex flex-wrap items-center gap-x-3 text-xs text-muted">
                {step !== undefined ? (
                  <SourceLink step={step.id} file={fault.file} line={fault.line} />
                ) : (
                  <span className="font-mono text-[13px]">
                    {fault.line > 0 ? `${fault.file}:${fault.line}` : fault.file}
                  </span>
                )}
                <span>{fault.code}</span>
                {fault.also !== '' && <span className="font-mono">also {fault.also}</span>}
                <CopyButton text={() => JSON.stringify(fault, null, 2)} />
              </p>
              {fault.hint !== '' && <p className="mt-0.5 text-xs">{fault.hint}</p>}
              {fault.stack !== '' && (
                <details className="mt-1">
                  <summary className="cursor-pointer text-xs text-muted">Stack</summary>
                  <pre className="mt-1 max-h-60 overflow-auto rounded bg-raised p-2 font-mono text-xs">
                    {fault.stack}
                  </pre>
                </details>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
