/** JSON to edit and send; what the engine says against it is shown at its paths and lines. */

import { type ReactNode, useState } from 'react';
import { ApiError } from '../api/client';
import { parseJson, printJson } from '../lib/exact';
import { lineOfPointer } from '../lib/pointer';
import { Button } from './Button';
import { CodeEditor } from './CodeEditor';
import { Dialog } from './Dialog';

interface Problem {
  path: string;
  message: string;
}

export function PayloadDialog({
  title,
  verb,
  value,
  close,
  send,
  children,
}: {
  title: string;
  verb: string;
  value: unknown;
  close: () => void;
  /** Rejects with what the engine said; the dialog stays open then. */
  send: (value: unknown) => Promise<unknown>;
  children?: ReactNode;
}) {
  const [text, setText] = useState(() => printJson(value, 2));
  const [failure, setFailure] = useState<unknown>(null);
  const [line, setLine] = useState<number | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const problems = problemsOf(failure);

  const submit = async () => {
    setLine(undefined);
    setFailure(null);
    let parsed: unknown;
    try {
      parsed = parseJson(text);
    } catch (error) {
      setFailure(error);
      return;
    }
    setBusy(true);
    try {
      await send(parsed);
    } catch (error) {
      setFailure(error);
      const [first] = problemsOf(error);
      if (first !== undefined) setLine(lineOfPointer(text, first.path));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog title={title} isOpen close={close} isWide>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Ctrl-Enter sends from anywhere inside */}
      <div
        className="flex flex-col gap-3"
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit();
        }}
      >
        {children}
        <div className="flex h-[42vh] min-h-40 rounded-md border border-line">
          <CodeEditor label={title} language="json" value={text} onChange={setText} line={line} />
        </div>
        {failure !== null && (
          <div role="alert" className="rounded-md border border-bad bg-bad-soft p-3 text-sm">
            <p className="font-medium text-bad">{headline(failure, problems.length)}</p>
            {failure instanceof ApiError && failure.hint !== '' && <p>{failure.hint}</p>}
            {problems.length > 0 && (
              <ul className="mt-1.5 flex flex-col gap-0.5">
                {problems.map((problem) => (
                  <li key={problem.path + problem.message}>
                    <button
                      type="button"
                      className="text-left hover:underline"
                      onClick={() => setLine(lineOfPointer(text, problem.path))}
                    >
                      <code className="mr-2 font-mono text-[13px]">{problem.path || '/'}</code>
                      {problem.message}
                    </button>
                  </li>
                ))}
              </ul>
            )}
          </div>
        )}
        <div className="flex items-center justify-end gap-2">
          <span className="mr-auto text-xs text-muted">Ctrl-Enter sends</span>
          <Button onClick={close}>Not now</Button>
          <Button look="primary" disabled={isBusy} onClick={() => void submit()}>
            {verb}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function headline(failure: unknown, problems: number): string {
  if (problems > 0) return problems === 1 ? 'One value does not fit.' : `${problems} values do not fit.`;
  if (failure instanceof SyntaxError) return `This is no JSON: ${failure.message}`;
  return failure instanceof Error ? failure.message : String(failure);
}

function problemsOf(failure: unknown): Problem[] {
  if (!(failure instanceof ApiError) || !Array.isArray(failure.details)) return [];
  return failure.details.filter(
    (one): one is Problem => typeof one?.path === 'string' && typeof one?.message === 'string',
  );
}
