/** Which known names a wrong one was probably meant to be. */

/** Up to `limit` of `names` that are near `wanted`, nearest first. */
export function closest(wanted: string, names: Iterable<string>, limit = 3): string[] {
  const near = [...new Set(names)]
    .map((name) => ({ name, far: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, far }) => far <= Math.max(2, Math.floor(Math.max(name.length, wanted.length) * 0.4)));
  near.sort((one, other) => one.far - other.far || one.name.localeCompare(other.name));
  return near.slice(0, limit).map(({ name }) => name);
}

/** Letters to add, remove or replace to get from one text to the other. */
export function distance(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const now = [row];
    for (let at = 1; at <= other.length; at++) {
      const replaced = (before[at - 1] ?? 0) + (one[row - 1] === other[at - 1] ? 0 : 1);
      now.push(Math.min((before[at] ?? 0) + 1, (now[at - 1] ?? 0) + 1, replaced));
    }
    before = now;
  }
  return before[other.length] ?? 0;
}
