/** What the signs mean; a click hides or shows the edges of a kind. */
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
  const sizes = new Map(EDGE_KINDS.map((kind) => [kind, wires.filter((wire) => wire.kinds.has(kind)).length]));
  return (
    <section
      aria-label="Legend"
      className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line bg-panel px-4 py-1.5 text-xs"
    >
      <span className="text-muted">{wires.length === 0 ? 'No step triggers another yet.' : 'Edges'}</span>
      {EDGE_KINDS.filter((kind) => (sizes.get(kind) ?? 0) > 0).map((kind) => (
        <label key={kind} className="flex items-center gap-1.5" title={EDGE_WORDS[kind].says}>
          <input type="checkbox" checked={!hidden.has(kind)} onChange={() => toggle(kind)} />
          <Sample kind={kind} />
          <span>{EDGE_WORDS[kind].title}</span>
          <span className="tabular-nums text-muted">{count(sizes.get(kind) ?? 0)}</span>
        </label>
      ))}
      <span className="ml-auto flex flex-wrap gap-x-3">
        {Object.entries(KINDS).map(([kind, { word, says }]) => (
          <span key={kind} title={says} className="flex items-center gap-1">
            <KindSign kind={kind} size={12} />
            <span aria-hidden>{word}</span>
          </span>
        ))}
      </span>
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
