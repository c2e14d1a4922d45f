/** Generated projects of any size for the tests of the layout: flows with chains, fans, joins, circles, cross links. */
import type { Link } from '../layout';

export interface Project {
  ids: string[];
  links: Link[];
  flowOf: (id: string) => string;
}

const FLOW = 12;

/** The same project for the same size. */
export function project(size: number): Project {
  const ids = Array.from({ length: size }, (_, at) => `step-${String(at).padStart(3, '0')}`);
  const random = randomFrom(size);
  const links = new Map<string, Link>();
  const add = (source: string | undefined, target: string | undefined) => {
    if (source !== undefined && target !== undefined) links.set(`${source}>${target}`, { source, target });
  };
  ids.forEach((id, at) => {
    const flowEnd = Math.min((Math.floor(at / FLOW) + 1) * FLOW, size);
    if (at % FLOW < FLOW - 3 && at + 1 < flowEnd) add(id, ids[at + 1]);
    if (random() < 0.35) add(id, ids[at + 1 + Math.floor(random() * (flowEnd - at - 1))]);
    if (random() < 0.12) add(id, ids[Math.floor(random() * size)]); // across flows, circles too
    if (at % FLOW === 4) add(id, ids[at - 2]);
    if (at % 25 === 7) add(id, ids[size - 1]); // a handler that many lead to
  });
  const flowOf = (id: string) => `flow-${String(Math.floor(Number(id.slice(5)) / FLOW)).padStart(2, '0')}`;
  return { ids, links: [...links.values()].filter((link) => link.source !== link.target), flowOf };
}

/** Numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    return state / 4_294_967_296;
  };
}
