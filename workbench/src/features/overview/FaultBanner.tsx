/** What of the project could not be loaded: where, why, and what to do. */
import { ChevronDown, ChevronRight, FileWarning } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { useStepOfFile } from '../../api/catalog';
import type { Schemas } from '../../api/client';
import { useApi } from '../../api/queries';
import { CopyButton } from '../../components/Json';
import { segment } from '../../lib/location';

type Fault = Schemas['LoadFault'];

const SHOWN_FIRST = 5;

export function FaultBanner() {
  const { data } = useApi('/v1/faults', { live: ['manifest'], everyMs: 100 });
  const [isWhole, setWhole] = useState(false);
  const faults = data?.faults ?? [];
  if (faults.length === 0) return null;
  const errors = faults.filter((fault) => fault.severity === 'error').length;
  const warnings = faults.length - errors;
  const words = [
    errors > 0 ? `${errors} ${errors === 1 ? 'fault' : 'faults'}` : '',
    warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : '',
  ];
  const isBad = errors > 0;
  const shown = isWhole ? faults : faults.slice(0, SHOWN_FIRST);
  return (
    <section
      aria-label="Faults of the project"
      className={`rounded-lg border ${isBad ? 'border-bad bg-bad-soft/50' : 'border-warn bg-warn-soft/50'}`}
    >
      <h2 className={`flex items-center gap-2 px-3 py-2 text-sm font-medium ${isBad ? 'text-bad' : 'text-warn'}`}>
        <FileWarning size={16} aria-hidden />
        {words.filter(Boolean).join(' and ')} in the project
        <span className="font-normal text-muted">everything else runs; saved files are read again at once</span>
      </h2>
      <ul>
        {shown.map((fault) => (
          <FaultRow key={`${fault.file}:${fault.line}:${fault.code}:${fault.message}`} fault={fault} />
        ))}
      </ul>
      {shown.length < faults.length && (
        <button type="button" className="px-3 py-1.5 text-sm text-accent" onClick={() => setWhole(true)}>
          {faults.length - shown.length} more
        </button>
      )}
    </section>
  );
}

function FaultRow({ fault }: { fault: Fault }) {
  const [isOpen, setOpen] = useState(fault.severity === 'error');
  const step = useStepOfFile()(fault.file);
  const place = fault.line > 0 ? `${fault.file}:${fault.line}` : fault.file;
  const Fold = isOpen ? ChevronDown : ChevronRight;
  return (
    <li className="border-t border-line px-3 py-1.5 text-sm">
      <div className="flex items-start gap-2">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-label="The frame"
          onClick={() => setOpen(!isOpen)}
          disabled={fault.stack === ''}
          className="mt-0.5 text-muted disabled:invisible"
        >
          <Fold size={14} aria-hidden />
        </button>
        <div className="min-w-0 flex-1">
          {step === undefined ? (
            <span className="font-mono text-[13px] font-medium">{place}</span>
          ) : (
            <Link
              href={`/steps/${segment(step)}?line=${fault.line}`}
              className="font-mono text-[13px] font-medium text-accent hover:underline"
            >
              {place}
            </Link>
          )}
          <CopyButton label="Copy the place" text={() => place} />
          <span className="ml-1 text-xs text-muted">
            {fault.severity === 'error' ? fault.code : `warning: ${fault.code}`}
          </span>
          <p className="whitespace-pre-wrap break-words">{fault.message}</p>
          {fault.hint !== '' && <p className="text-muted">{fault.hint}</p>}
          {fault.also !== '' && <p className="text-muted">also: {fault.also}</p>}
          {isOpen && fault.stack !== '' && (
            <pre className="mt-1 max-h-56 overflow-auto rounded bg-panel p-2 font-mono text-[12px]">{fault.stack}</pre>
          )}
        </div>
      </div>
    </li>
  );
}
