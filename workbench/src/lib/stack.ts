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
