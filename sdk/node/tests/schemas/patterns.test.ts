import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { literalPattern, portablePattern } from '../../src/schemas/patterns.js';

describe('portablePattern', () => {
  const kept = [
    /^a/,
    /^[a-z0-9_-]{2,5}$/,
    /^\d{3}-\d{2}$/,
    /^.*$/,
    /^[^@]+@[^@]+$/,
    /^(?:[^/]+\/)*[^/]+$/,
    /^(?<year>\d{4})$/,
    /^\x41\u0042$/,
    /^..$/u,
    /^\S+$/,
    /^[\w.+-]+@[\w-]+\.[\w.]+$/,
  ];
  for (const expression of kept) {
    it(`keeps ${expression}`, () => assert.equal(portablePattern(expression), expression.source));
  }

  const dropped: readonly [RegExp, string][] = [
    [/^x$/i, 'a flag that changes the meaning'],
    [/^a.b$/s, 'dots that match line ends'],
    [/^b$/m, 'anchors of lines'],
    [/^(?=.*a).+$/, 'look-ahead'],
    [/(?<!a)b/, 'look-behind'],
    [/^(a|b)\1$/, 'a back reference'],
    [/\bé/, 'a word boundary'],
    [/^\p{L}+$/u, 'Unicode properties'],
    [/^.{2}$/, 'a count of units'],
    [/^..$/, 'single units'],
    [/^.+.+$/, 'two parts that may share a character'],
    [/^[^a]{2,}$/, 'a count of anything else'],
    // biome-ignore lint/correctness/noEmptyCharacterClassInRegex: the case itself
    [/[^]/, 'an empty negation'],
    [/^[a&&b]$/, 'what is a set elsewhere'],
    [/^(?:a{200}){17}$/, 'what grows too large'],
    [/^😀+$/, 'half a character repeated'],
  ];
  for (const [expression, why] of dropped) {
    it(`drops ${expression}: ${why}`, () => assert.equal(portablePattern(expression), undefined));
  }
});

describe('literalPattern', () => {
  it('matches the text itself', () => {
    const text = 'a.b*(c)[d]{e}|^$\\/-';

    assert.match(text, new RegExp(`^${literalPattern(text)}$`));
    assert.equal(portablePattern(new RegExp(literalPattern('a.b'))), 'a\\.b');
  });
});
