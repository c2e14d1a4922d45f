import { describe, expect, it } from 'vitest';
import { framesOf } from './stack';

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
