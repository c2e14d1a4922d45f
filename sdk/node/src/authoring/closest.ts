/** The closest known name to one that is not known. */

const SIMILARITY_MIN = 0.6;

/** A hint that names the closest of `known`, or all of them. */
export function closest(name: string, known: Iterable<string>): string {
  const names = [...known].sort();
  let best = '';
  let bestSimilarity = SIMILARITY_MIN;
  for (const one of names) {
    const similarity = similarityOf(name, one);
    if (similarity > bestSimilarity || (similarity === bestSimilarity && best === '')) {
      best = one;
      bestSimilarity = similarity;
    }
  }
  return best === '' ? `known are ${names.join(', ')}` : `did you mean '${best}'?`;
}

/** Twice the characters in matching blocks over all characters: 1 for equal texts, 0 for none in common. */
function similarityOf(one: string, other: string): number {
  return one.length + other.length === 0 ? 1 : (2 * matching(one, other)) / (one.length + other.length);
}

function matching(one: string, other: string): number {
  let [bestLength, bestOne, bestOther] = [0, 0, 0];
  for (let i = 0; i < one.length; i++) {
    for (let j = 0; j < other.length; j++) {
      let length = 0;
      while (i + length < one.length && j + length < other.length && one[i + length] === other[j + length]) length++;
      if (length > bestLength) [bestLength, bestOne, bestOther] = [length, i, j];
    }
  }
  if (bestLength === 0) return 0;
  return (
    bestLength +
    matching(one.slice(0, bestOne), other.slice(0, bestOther)) +
    matching(one.slice(bestOne + bestLength), other.slice(bestOther + bestLength))
  );
}
