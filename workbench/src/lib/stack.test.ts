import { describe, expect, it } from 'vitest';
import { folded, foldText, framesOf } from './stack';

describe('framesOf', () => {
  it('reads a Python traceback', () => {
    const frames = framesOf('  File "motia/steps/pay.py", line 28, in charge\n    bank(cents)\nValueError: too much');
    expect(frames[0]).toMatchObject({ file: 'motia/steps/pay.py', line: 28, isForeign: false });
    expect(frames[1]?.file).toBeUndefined();
    expect(frames).toHaveLength(3);
  });

  it('reads JavaScript frames with and without a function', () => {
    const frames = framesOf('    at charge (motia/steps/pay.ts:12:9)\n    at motia/lib/bank.ts:3:1');
    expect(frames.map((frame) => [frame.file, frame.line])).toEqual([
      ['motia/steps/pay.ts', 12],
      ['motia/lib/bank.ts', 3],
    ]);
  });

  it('reads Ruby frames', () => {
    expect(framesOf("motia/steps/letters.rb:7:in `block in <main>'")[0]).toMatchObject({
      file: 'motia/steps/letters.rb',
      line: 7,
    });
  });

  it('gives libraries and the runtime no place', () => {
    const frames = framesOf(
      '  File "/x/site-packages/httpx/_client.py", line 9, in send\n    at node:internal/process:1:2\n    at q (node_modules/pg/index.js:4:1)',
    );
    expect(frames.every((frame) => frame.isForeign && frame.file === undefined)).toBe(true);
  });

  it('links nothing that lies outside of the project', () => {
    expect(framesOf('  File "/etc/motd.py", line 1, in x')[0]?.file).toBeUndefined();
  });
});

describe('folded', () => {
  const texts = (stack: string) =>
    folded(framesOf(stack)).map((line) => ('times' in line ? foldText(line) : line.text.trim()));
  const down = '  File "motia/steps/a.py", line 3, in down\n    return down(n - 1)\n';
  const back = '  File "motia/steps/a.py", line 7, in back\n    return down(n)\n';

  it('says how often a frame comes again, and keeps what stands around it', () => {
    const stack = `  File "motia/steps/a.py", line 9, in run\n    down(9)\n${down.repeat(198)}RecursionError: too deep`;
    expect(texts(stack)).toEqual([
      'File "motia/steps/a.py", line 9, in run',
      'down(9)',
      ...framesOf(down.repeat(2)).flatMap(({ text }) => (text === '' ? [] : [text.trim()])),
      '… 196 more of the same',
      'RecursionError: too deep',
    ]);
  });

  it('folds a circle of calls by its rounds', () => {
    expect(texts((down + back).repeat(30))).toContain('… 28 more rounds of the same 2 frames');
  });

  it('folds frames of one line, as those of JavaScript', () => {
    const stack = `RangeError: deep\n${'    at down (motia/steps/a.ts:3:9)\n'.repeat(50)}    at run (motia/steps/a.ts:9:1)`;
    expect(texts(stack)).toEqual([
      'RangeError: deep',
      'at down (motia/steps/a.ts:3:9)',
      'at down (motia/steps/a.ts:3:9)',
      '… 48 more of the same',
      'at run (motia/steps/a.ts:9:1)',
    ]);
  });

  it('leaves a few equal frames as they are', () => {
    expect(texts(down.repeat(3))).toHaveLength(6);
    expect(folded([])).toEqual([]);
  });
});
