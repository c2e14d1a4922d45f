/** `?`: which keys do what. */
import { Dialog } from '../components/Dialog';

const PARTS: readonly (readonly [title: string, keys: readonly (readonly [keys: string, says: string])[]])[] = [
  [
    'Everywhere',
    [
      ['Ctrl K', 'find a screen, a step, a run, a trace, something to do'],
      ['/', 'search on this screen'],
      ['Esc', 'close, or step back'],
      ['?', 'this list'],
    ],
  ],
  [
    'Lists',
    [
      ['j  k', 'down and up'],
      ['Enter', 'open'],
    ],
  ],
  [
    'Trace',
    [
      ['j  k', 'next and former span'],
      ['←  →', 'fold and unfold'],
      ['z', 'zoom to the span; a drag over the axis zooms too'],
    ],
  ],
  [
    'Flow',
    [
      ['← → ↑ ↓', 'walk along the edges'],
      ['Shift ← → ↑ ↓', 'move the step'],
      ['f', 'show everything'],
    ],
  ],
  ['Editors', [['Ctrl Enter', 'send']]],
];

export function KeyHelp({ close }: { close: () => void }) {
  return (
    <Dialog title="Keys" isOpen close={close}>
      <div className="flex flex-col gap-4">
        {PARTS.map(([title, keys]) => (
          <section key={title} aria-label={title}>
            <h3 className="mb-1 text-xs font-medium text-muted">{title}</h3>
            <dl className="grid grid-cols-[170px_minmax(0,1fr)] items-baseline gap-y-1 text-sm">
              {keys.map(([names, says]) => (
                <div key={says} className="contents">
                  <dt className="flex flex-wrap gap-1">
                    {names.split(/\s+/).map((name) => (
                      <Key key={name} name={name} />
                    ))}
                  </dt>
                  <dd>{says}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Key({ name }: { name: string }) {
  return <kbd className="rounded border border-line bg-raised px-1.5 font-mono text-xs leading-5">{name}</kbd>;
}
