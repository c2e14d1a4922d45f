/** The file of a step, to read, as it is on disk now. */
import { Link } from 'wouter';
import { type StepView, useSource, useSteps } from '../../api/catalog';
import { CodeEditor } from '../../components/CodeEditor';
import type { Language } from '../../components/CodeMirror';
import { CopyButton } from '../../components/Json';
import { KindSign } from '../../components/Kind';
import { Failed, Loading } from '../../components/States';
import { linkTo, segment } from '../../lib/location';

export function SourceTab({ step, line }: { step: StepView; line: number }) {
  const source = useSource(step.id);
  const steps = useSteps();
  const { file } = step.source;
  const others = (steps.data?.steps ?? []).filter((other) => other.source.file === file && other.id !== step.id);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-1.5 text-sm">
        <code className="font-mono text-[13px]">
          {file}:{line}
        </code>
        <CopyButton text={() => `${file}:${line}`} label="Copy path" />
        {source.data !== undefined && <CopyButton text={() => source.data?.text ?? ''} label="Copy source" />}
        <span className="text-xs text-muted">read only</span>
        {others.length > 0 && (
          <span className="ml-auto flex flex-wrap items-center gap-x-3 text-xs">
            <span className="text-muted">Also in this file:</span>
            {others.map((other) => (
              <Link
                key={other.id}
                href={linkTo(`/steps/${segment(other.id)}`, { tab: 'source', line: String(other.source.line) })}
                className="flex items-center gap-1 text-accent hover:underline"
              >
                <KindSign kind={other.kind} size={12} /> {other.id}
              </Link>
            ))}
          </span>
        )}
      </div>
      {source.error !== null ? (
        <Failed error={source.error} retry={() => source.refetch()} />
      ) : source.data === undefined || source.data.file !== file ? (
        <Loading what="the source" />
      ) : (
        <div className="flex min-h-0 flex-1">
          <CodeEditor
            label={`Source of ${step.id}`}
            value={source.data.text}
            language={languageFor(file)}
            line={line}
          />
        </div>
      )}
    </div>
  );
}

const LANGUAGES: Record<string, Language> = {
  py: 'python',
  rb: 'ruby',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascript',
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'typescript',
};

function languageFor(file: string): Language {
  return LANGUAGES[file.slice(file.lastIndexOf('.') + 1)] ?? 'text';
}
