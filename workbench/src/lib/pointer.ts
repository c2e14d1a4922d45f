/** Where a JSON Pointer points to in JSON text, so that a problem can be shown at its line. */

/** The line (from 1) of the value at `pointer`, or of the nearest one around it; undefined for text that is no JSON. */
export function lineOfPointer(text: string, pointer: string): number | undefined {
  const wanted = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const reader = new Reader(text, wanted);
  try {
    reader.value([]);
  } catch {
    return undefined;
  }
  return text.slice(0, reader.found).split('\n').length;
}

class Reader {
  found = 0;
  private best = -1;
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly wanted: readonly string[],
  ) {}

  value(path: readonly string[]): void {
    this.space();
    this.note(path);
    const first = this.text[this.at];
    if (first === '{') this.members(path);
    else if (first === '[') this.items(path);
    else if (first === '"') this.string();
    else this.scalar();
    this.space();
  }

  private note(path: readonly string[]): void {
    if (path.length > this.best && path.every((part, index) => part === this.wanted[index])) {
      this.best = path.length;
      this.found = this.at;
    }
  }

  private members(path: readonly string[]): void {
    this.sequence('}', () => {
      this.space();
      const key = this.string();
      this.space();
      this.take(':');
      this.value([...path, key]);
    });
  }

  private items(path: readonly string[]): void {
    let index = 0;
    this.sequence(']', () => this.value([...path, String(index++)]));
  }

  private sequence(end: string, one: () => void): void {
    this.at++;
    this.space();
    if (this.text[this.at] === end) {
      this.at++;
      return;
    }
    for (;;) {
      one();
      this.space();
      if (this.text[this.at] === end) break;
      this.take(',');
    }
    this.at++;
  }

  private string(): string {
    const from = this.at;
    this.take('"');
    while (this.text[this.at] !== '"') {
      if (this.at >= this.text.length) throw new Error('a string does not end');
      this.at += this.text[this.at] === '\\' ? 2 : 1;
    }
    this.at++;
    return JSON.parse(this.text.slice(from, this.at)) as string;
  }

  private scalar(): void {
    const from = this.at;
    while (this.at < this.text.length && /[\w.+-]/.test(this.text[this.at] ?? '')) this.at++;
    if (this.at === from) throw new Error('a value is missing');
  }

  private space(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  private take(sign: string): void {
    if (this.text[this.at] !== sign) throw new Error(`${sign} is missing`);
    this.at++;
  }
}
