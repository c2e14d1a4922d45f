/** Stacks of Python, JavaScript and Ruby as lines, each with its place in the project if it has one. */

export interface Frame {
  text: string;
  /** Relative to the project; absent for lines that name no place, or one outside of the project. */
  file?: string;
  line?: number;
  /** Of a library or the runtime. */
  isForeign: boolean;
}

const SHAPES = [
  /File "(?<file>[^"]+)", line (?<line>\d+)/,
  /^\s*at (?:.*\()?(?:file:\/\/)?(?<file>[^():\s]+):(?<line>\d+)(?::\d+)?\)?\s*$/,
  /^\s*(?:from )?(?<file>[\w./-]+\.rb):(?<line>\d+)(?::in\b.*)?/,
];
const FOREIGN = /site-packages|dist-packages|node_modules|node:|<frozen|\/lib\/ruby\/|\/gems\//;

export function framesOf(stack: string): Frame[] {
  return stack
    .split('\n')
    .filter((text, at, all) => text !== '' || at < all.length - 1)
    .map(frameOf);
}

function frameOf(text: string): Frame {
  if (FOREIGN.test(text)) return { text, isForeign: true };
  for (const shape of SHAPES) {
    const found = shape.exec(text)?.groups;
    if (found?.file === undefined || found.file.startsWith('/')) continue;
    return { text, file: found.file.replace(/^\.\//, ''), line: Number(found.line), isForeign: false };
  }
  return { text, isForeign: false };
}

/** Frames that repeat what stands above them: `times` blocks of `frames` frames each. */
export interface Fold {
  times: number;
  frames: number;
}

/** Lines of the longest block that is looked for: a circle of so many calls is folded. */
const BLOCK_LINES_MAX = 12;
/** Fewer in a row are shown as they are. */
const REPEATS_MIN = 4;
/** Blocks that stay in front of a fold. */
const BLOCKS_SHOWN = 2;

/** What deep recursion repeats, as one entry each: the first rounds stay, of the others it is said how many they are. */
export function folded(frames: readonly Frame[]): (Frame | Fold)[] {
  const lines: (Frame | Fold)[] = [];
  let at = 0;
  while (at < frames.length) {
    const { size, repeats } = blockAt(frames, at);
    if (repeats < REPEATS_MIN) {
      lines.push(frames[at] as Frame);
      at += 1;
      continue;
    }
    const block = frames.slice(at, at + size);
    lines.push(...frames.slice(at, at + size * BLOCKS_SHOWN));
    lines.push({ times: repeats - BLOCKS_SHOWN, frames: block.filter(isPlace).length || size });
    at += size * repeats;
  }
  return lines;
}

/** The shortest block of lines from `at` on that comes often enough, and how often it comes in a row. */
function blockAt(frames: readonly Frame[], at: number): { size: number; repeats: number } {
  const same = (one: number, other: number) => frames[one]?.text === frames[other]?.text;
  for (let size = 1; size <= BLOCK_LINES_MAX; size += 1) {
    let end = at + size;
    while (end < frames.length && same(end, end - size)) end += 1;
    const repeats = Math.floor((end - at) / size);
    if (repeats >= REPEATS_MIN) return { size, repeats };
  }
  return { size: 1, repeats: 1 };
}

function isPlace({ text }: Frame): boolean {
  return SHAPES.some((shape) => shape.test(text));
}

/** What a fold says. */
export function foldText({ times, frames }: Fold): string {
  if (frames === 1) return `… ${times} more of the same`;
  return `… ${times} more rounds of the same ${frames} frames`;
}
