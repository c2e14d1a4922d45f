/** A flat JSON object as a form; the text stays the truth. */
import { parseJson, printJson } from '../../lib/exact';
import type { FormField } from '../../lib/schema';
import { type Problem, problemAt } from './draft';

const FIELD = 'min-w-0 flex-1 rounded-md border border-line bg-page px-2 py-1 text-[13px]';

export function BodyForm({
  fields,
  body,
  change,
  problems,
}: {
  fields: readonly FormField[];
  body: string;
  change: (body: string) => void;
  problems: readonly Problem[];
}) {
  const value = objectOf(body);
  if (value === undefined) return <p className="text-xs text-bad">The body is no JSON object; edit it as JSON.</p>;
  const put = (name: string, next: unknown) => {
    const { [name]: _, ...rest } = value;
    change(printJson(next === undefined ? rest : { ...value, [name]: next }, 2));
  };
  return (
    <div className="flex flex-col gap-1.5">
      {fields.map((field) => (
        <div key={field.name}>
          {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is in Control */}
          <label
            className="flex items-center gap-2"
            title={[field.description, field.hint].filter(Boolean).join(' · ')}
          >
            <span className="w-36 shrink-0 truncate font-mono text-[13px]">
              {field.name}
              {field.isRequired && <span className="text-bad"> *</span>}
            </span>
            <Control field={field} value={value[field.name]} put={(next) => put(field.name, next)} />
          </label>
          <Wrong text={problemAt(problems, 'body', field.name)} />
        </div>
      ))}
    </div>
  );
}

function Control({ field, value, put }: { field: FormField; value: unknown; put: (value: unknown) => void }) {
  if (field.type === 'boolean')
    return <input type="checkbox" checked={value === true} onChange={(event) => put(event.target.checked)} />;
  if (field.choices !== undefined)
    return (
      <select
        value={value === undefined ? '' : String(value)}
        onChange={(event) => put(event.target.value === '' ? undefined : typed(field, event.target.value))}
        className={FIELD}
      >
        <option value="">(left out)</option>
        {field.choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    );
  return (
    <input
      inputMode={field.type === 'string' ? 'text' : 'decimal'}
      value={value === undefined ? '' : String(value)}
      placeholder={field.hint || field.type}
      onChange={(event) => put(event.target.value === '' ? undefined : typed(field, event.target.value))}
      className={FIELD}
    />
  );
}

function Wrong({ text }: { text: string | undefined }) {
  return text === undefined ? null : (
    <p role="alert" className="text-xs text-bad">
      ✕ {text}
    </p>
  );
}

/** What was typed, as the schema wants it; what is no number stays text, and the engine says so. */
function typed(field: FormField, text: string): unknown {
  if (field.type === 'string') return text;
  const number = Number(text);
  if (/^-?\d+$/.test(text) && !Number.isSafeInteger(number)) return BigInt(text);
  return text.trim() === '' || Number.isNaN(number) || text.endsWith('.') ? text : number;
}

function objectOf(body: string): Record<string, unknown> | undefined {
  try {
    const value = body.trim() === '' ? {} : parseJson(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
