/** What the signs mean; a click hides or shows the edges of a kind. */
import { useState } from 'react';
import { KINDS, KindSign } from '../../components/Kind';
import { count } from '../../lib/format';
import { EDGE_KINDS, EDGE_WORDS, type EdgeKind, type Wire } from './model';

export function Legend({
  wires,
  hidden,
  toggle,
}: {
  wires: readonly Wire[];
  hidden: ReadonlySet<string>;
  toggle: (kind: EdgeKind) => void;
}) {
  const [isOpen, setOpen] = useState(true);
  const sizes = new Map(EDGE_KINDS.map((kind) => [kind, wires.filter((wire) => wire.kinds.has(kind)).length]));
  return (
    <section aria-label="Legend" className="w-48 rounded-md border border-line bg-panel text-xs shadow-sm">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex w-full items-center px-2 py-1 font-medium hover:bg-raised"
      >
        Legend <span className="ml-auto text-muted">{isOpen ? '▾' : '▸'}</span>
      </button>
      {isOpen && (
        <>
          <ul className="border-t border-line px-2 py-1">
            {EDGE_KINDS.filter((kind) => (sizes.get(kind) ?? 0) > 0 || kind === 'observed').map((kind) => (
              <li key={kind}>
                <label className="flex items-center gap-2 py-0.5" title={EDGE_WORDS[kind].says}>
                  <input type="checkbox" checked={!hidden.has(kind)} onChange={() => toggle(kind)} />
                  <Sample kind={kind} />
                  <span>{EDGE_WORDS[kind].title}</span>
                  <span className="ml-auto tabular-nums text-muted">{count(sizes.get(kind) ?? 0)}</span>
                </label>
              </li>
            ))}
          </ul>
          <ul className="flex flex-wrap gap-x-3 gap-y-0.5 border-t border-line px-2 py-1">
            {Object.entries(KINDS).map(([kind, { word, says }]) => (
              <li key={kind} title={says} className="flex items-center gap-1">
                <KindSign kind={kind} size={12} />
                <span aria-hidden>{word}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Sample({ kind }: { kind: EdgeKind }) {
  return (
    <svg width={30} height={10} aria-hidden>
      {kind === 'observed' ? (
        <path d="M1,5 H29" className="flow-seen" strokeWidth={7} />
      ) : (
        <path d="M1,5 H29" className={`flow-line flow-line-${kind}`} />
      )}
    </svg>
  );
}
