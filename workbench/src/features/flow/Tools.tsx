/** Nearer, farther, everything: in the screen's head, where they cover no step. */
import { useReactFlow } from '@xyflow/react';
import { Maximize, Minus, Plus } from 'lucide-react';

/** What the canvas is told when everything shall be shown. */
export const SHOW_ALL = 'motia-flow-show-all';

export function Tools() {
  const { zoomIn, zoomOut } = useReactFlow();
  return (
    <div className="flex rounded-md border border-line bg-panel">
      <Tool title="Zoom in" act={() => void zoomIn()} icon={Plus} />
      <Tool title="Zoom out" act={() => void zoomOut()} icon={Minus} />
      <Tool title="Show everything (F)" act={() => dispatchEvent(new Event(SHOW_ALL))} icon={Maximize} />
    </div>
  );
}

function Tool({ title, act, icon: Icon }: { title: string; act: () => void; icon: typeof Plus }) {
  return (
    <button type="button" title={title} aria-label={title} onClick={act} className="p-1.5 hover:bg-raised">
      <Icon size={15} aria-hidden />
    </button>
  );
}
