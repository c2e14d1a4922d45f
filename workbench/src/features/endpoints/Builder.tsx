/** The request as it is written; what the engine found wrong stands beside its field. */
import { Plus, X } from 'lucide-react';
import { type ReactNode, useId, useMemo, useState } from 'react';
import type { StepView } from '../../api/catalog';
import { Button } from '../../components/Button';
import { CodeEditor } from '../../components/CodeEditor';
import { exampleOf } from '../../lib/example';
import { lineOfPointer } from '../../lib/pointer';
import { formFields } from '../../lib/schema';
import { BodyForm } from './BodyForm';
import { type Draft, knownNames, type Pairs, type Problem, pathParams, problemAt } from './draft';

interface Props {
  step: StepView;
  draft: Draft;
  change: (draft: Draft) => void;
  problems: readonly Problem[];
}

const FIELD = 'min-w-0 rounded-md border border-line bg-page px-2 py-1 font-mono text-[13px]';

export function Builder({ step, draft, change, problems }: Props) {
  const names = pathParams(step.path ?? '');
  return (
    <div className="flex flex-col divide-y divide-line">
      {names.length > 0 && (
        <Part title="Path">
          {names.map((name) => (
            <Field key={name} name={name} problem={problemAt(problems, 'params', name)}>
              <input
                aria-label={`Path parameter ${name}`}
                value={draft.params[name] ?? ''}
                placeholder={name}
                onChange={(event) => change({ ...draft, params: { ...draft.params, [name]: event.target.value } })}
                className={`${FIELD} flex-1`}
              />
            </Field>
          ))}
        </Part>
      )}
      <PairsPart
        title="Query"
        where="query"
        pairs={draft.query}
        known={knownNames(step.request?.query)}
        problems={problems}
        change={(query) => change({ ...draft, query })}
      />
      <PairsPart
        title="Headers"
        where="headers"
        pairs={draft.headers}
        known={knownNames(step.request?.headers)}
        problems={problems}
        change={(headers) => change({ ...draft, headers })}
      />
      <BodyPart step={step} draft={draft} change={change} problems={problems} />
    </div>
  );
}

function Part({ title, actions, children }: { title: string; actions?: ReactNode; children?: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-1.5 px-3 py-2">
      <div className="flex items-center gap-2">
        <h3 className="text-xs font-medium text-muted">{title}</h3>
        <div className="ml-auto flex items-center gap-1">{actions}</div>
      </div>
      {children}
    </section>
  );
}

function Field({ name, problem, children }: { name: string; problem: string | undefined; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-0.5">
      <div className="flex items-center gap-2">
        <span className="w-28 shrink-0 truncate font-mono text-[13px]">{name}</span>
        {children}
      </div>
      <Wrong text={problem} />
    </div>
  );
}

function Wrong({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p role="alert" className="text-xs text-bad">
      ✕ {text}
    </p>
  );
}

function PairsPart({
  title,
  where,
  pairs,
  known,
  problems,
  change,
}: {
  title: string;
  where: string;
  pairs: Pairs;
  known: readonly string[];
  problems: readonly Problem[];
  change: (pairs: Pairs) => void;
}) {
  const list = useId();
  const put = (at: number, pair: readonly [string, string]) =>
    change(pairs.map((one, index) => (index === at ? pair : one)));
  const missing = problems.filter(
    (problem) => problem.where === where && problemIsFree(problem, where, pairs, problems),
  );
  return (
    <Part
      title={title}
      actions={
        <Button look="quiet" onClick={() => change([...pairs, ['', '']])}>
          <Plus size={13} aria-hidden /> Add
        </Button>
      }
    >
      {known.length > 0 && (
        <datalist id={list}>
          {known.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
      {pairs.map(([name, value], at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names repeat and change; the place is what a row is
        <div key={at}>
          <div className="flex items-center gap-2">
            <input
              aria-label={`${title}: name ${at + 1}`}
              value={name}
              list={list}
              placeholder="name"
              onChange={(event) => put(at, [event.target.value, value])}
              className={`${FIELD} w-2/5`}
            />
            <input
              aria-label={`${title}: value of ${name || at + 1}`}
              value={value}
              placeholder="value"
              onChange={(event) => put(at, [name, event.target.value])}
              className={`${FIELD} flex-1`}
            />
            <button
              type="button"
              aria-label={`Remove ${name || 'row'}`}
              onClick={() => change(pairs.filter((_, index) => index !== at))}
              className="rounded p-1 text-muted hover:bg-raised"
            >
              <X size={13} aria-hidden />
            </button>
          </div>
          <Wrong text={problemAt(problems, where, name)} />
        </div>
      ))}
      {missing.map((problem) => (
        <Wrong key={problem.path} text={`${problem.path.slice(1)}: ${problem.message}`} />
      ))}
    </Part>
  );
}

/** A problem of this part that stands beside none of its rows. */
function problemIsFree(problem: Problem, where: string, pairs: Pairs, problems: readonly Problem[]): boolean {
  return !pairs.some(([name]) => problemAt(problems, where, name) === problem.message);
}

function BodyPart({ step, draft, change, problems }: Props) {
  const schema = step.request?.body;
  const fields = formFields(schema);
  const [isForm, setForm] = useState(false);
  const own = problems.filter((problem) => problem.where === 'body');
  // The line as it was sent: it does not jump while the reader mends it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new answer moves it
  const line = useMemo(() => {
    const first = problems.find((problem) => problem.where === 'body');
    return first === undefined ? undefined : lineOfPointer(draft.body ?? '', first.path);
  }, [problems]);
  if (draft.body === undefined)
    return (
      <Part
        title="Body"
        actions={
          <Button look="quiet" onClick={() => change({ ...draft, body: '' })}>
            <Plus size={13} aria-hidden /> Add
          </Button>
        }
      />
    );
  const body = draft.body;
  const setBody = (next: string) => change({ ...draft, body: next });
  const reset = (withOptional: boolean) => setBody(JSON.stringify(exampleOf(schema, { withOptional }), null, 2));
  return (
    <Part
      title="Body"
      actions={
        <>
          {fields !== undefined && (
            <Button look="quiet" onClick={() => setForm(!isForm)}>
              {isForm ? 'As JSON' : 'As a form'}
            </Button>
          )}
          {schema != null && (
            <>
              <Button look="quiet" onClick={() => reset(false)} title="Only what must be there">
                Example
              </Button>
              <Button look="quiet" onClick={() => reset(true)} title="Every field of the schema">
                All fields
              </Button>
            </>
          )}
          <Button look="quiet" aria-label="Send no body" onClick={() => change({ ...draft, body: undefined })}>
            <X size={13} aria-hidden />
          </Button>
        </>
      }
    >
      {isForm && fields !== undefined ? (
        <BodyForm fields={fields} body={body} change={setBody} problems={own} />
      ) : (
        <>
          <div className="flex h-56 rounded-md border border-line">
            <CodeEditor label="Body" language="json" value={body} onChange={setBody} line={line} />
          </div>
          {own.length > 0 && (
            <ul role="alert" className="text-xs text-bad">
              {own.map((problem) => (
                <li key={problem.path + problem.message}>
                  ✕ <code className="font-mono">{problem.path || 'the body'}</code> {problem.message}
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Part>
  );
}
