import { describe, expect, it } from 'vitest';
import { parseJson, printJson } from './exact';

const LONG = [
  '9007199254740993',
  '-9007199254740993',
  '12345678901234567890',
  '18446744073709551615',
  '-123456789012345678901234567890',
];

describe('parseJson', () => {
  it.each(LONG)('keeps every digit of %s', (digits) => {
    expect(parseJson(digits)).toBe(BigInt(digits));
    const text = `{"a":[1,${digits},{"b": ${digits}}]}`;
    expect(parseJson(text)).toEqual({ a: [1, BigInt(digits), { b: BigInt(digits) }] });
    expect(printJson(parseJson(text))).toBe(text.replace(': ', ':'));
  });

  it('refuses a number that would be written as null', () => {
    for (const text of ['1e400', '{"a":[-2.5E+999]}', `${'9'.repeat(310)}.5`])
      expect(() => parseJson(text)).toThrow(/too large/);
    for (const text of ['1e300', '"1e400"', '{"1e400":"\\"1e999"}', '1e-400'])
      expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it('leaves what a number can hold a number', () => {
    for (const text of [
      '9007199254740991',
      '-9007199254740991',
      '1767225600000001',
      '1e21',
      '0.12345678901234567',
      '0',
    ])
      expect(parseJson(text)).toBe(Number(text));
    expect(parseJson('{"id":9007199254740991,"x":[]}')).toEqual({ id: 9007199254740991, x: [] });
  });

  it('takes no digits of a string for a number', () => {
    const value = {
      '12345678901234567890': 'a: 12345678901234567890, "\\" 99999999999999999999',
      n: BigInt(LONG[2] as string),
    };
    const text = `{"12345678901234567890":${JSON.stringify(value['12345678901234567890'])},"n":${LONG[2]}}`;
    expect(parseJson(text)).toEqual(value);
    expect(printJson(value)).toBe(text);
  });

  it('is not fooled by strings that look like its own marks', () => {
    const value = { a: '#long0:12345678901234567890', long1: '"#long1:5"', n: BigInt('12345678901234567890') };
    expect(parseJson(printJson(value))).toEqual(value);
    expect(printJson({ a: '#long0:7', n: 12345678901234567890n })).toBe('{"a":"#long0:7","n":12345678901234567890}');
    expect(parseJson('["\\u0023\\u006cong0:1", 12345678901234567890]')).toEqual(['#long0:1', 12345678901234567890n]);
    expect(parseJson('["#long0:1", "\\u0023long1:1", 12345678901234567890]')).toEqual([
      '#long0:1',
      '#long1:1',
      12345678901234567890n,
    ]);
  });

  it('keeps keys that objects have of their own', () => {
    const value = parseJson('{"__proto__": 12345678901234567890, "n": 12345678901234567890}') as object;
    expect(Object.keys(value)).toEqual(['__proto__', 'n']);
  });

  it.each(['', '{', '012345678901234567890', '[12345678901234567890,]', '12345678901234567890 x', '-'])(
    'refuses %j as JSON.parse does',
    (text) => {
      const refusal = (read: (text: string) => unknown) => {
        try {
          return read(text);
        } catch (error) {
          return String(error);
        }
      };
      expect(refusal(parseJson)).toBe(refusal(JSON.parse));
    },
  );

  it('reads a large text with long strings', () => {
    const text = `{"s":"${'a\\"1,'.repeat(1_000_000)}","n":12345678901234567890}`;
    expect((parseJson(text) as { n: bigint }).n).toBe(12345678901234567890n);
  });
});

describe('printJson', () => {
  it('is JSON.stringify where nothing is long', () => {
    const value = { a: [1, 'x', null, { b: true }], gone: undefined };
    expect(printJson(value)).toBe(JSON.stringify(value));
    expect(printJson(value, 2)).toBe(JSON.stringify(value, null, 2));
    expect(printJson(undefined)).toBe('null');
  });

  it('indents long integers like others', () => {
    expect(printJson({ n: 12345678901234567890n, m: [1n] }, 2)).toBe(
      '{\n  "n": 12345678901234567890,\n  "m": [\n    1\n  ]\n}',
    );
  });

  it('says that a circle is none', () => {
    const circle: { n: bigint; self?: unknown } = { n: 1n };
    circle.self = circle;
    expect(() => printJson(circle)).toThrow(/circular/i);
  });
});
