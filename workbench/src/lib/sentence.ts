/** What a sentence of the engine names, so that it can be shown as what it is: runs, instances, instants. */

export interface Part {
  kind: 'text' | 'run' | 'instance' | 'instant';
  text: string;
}

const NAMED =
  /(?<instance>(?<=\binstance )[0-9a-f]{16}\b)|(?<run>\b[0-9a-f]{16}\b)|(?<instant>\b\d{4}-\d\d-\d\dT[\d:.]+Z)/g;

/** The parts of `sentence` in order; joined they are the sentence. */
export function partsOf(sentence: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  const add = (kind: Part['kind'], text: string) => {
    if (text !== '') parts.push({ kind, text });
  };
  for (const found of sentence.matchAll(NAMED)) {
    add('text', sentence.slice(from, found.index));
    add(found.groups?.instance ? 'instance' : found.groups?.run ? 'run' : 'instant', found[0]);
    from = found.index + found[0].length;
  }
  add('text', sentence.slice(from));
  return parts;
}
