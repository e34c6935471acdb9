import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { correctWord, editDistance } from './spelling.ts';

const word = fc.stringMatching(/^[a-z]{0,12}$/);

describe('the distance of two words', () => {
  it('is symmetric, nothing for the same word, and never more than the longer one', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  it.each([
    ['shrit', 'shirt', 1],
    ['linnen', 'linen', 1],
    ['shrt', 'shirt', 1],
    ['swaeter', 'sweater', 1],
    ['cat', 'dog', 3],
  ])('from %s to %s is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });
});

describe('a mistyped word', () => {
  const candidates = ['short', 'shirt', 'sheet', 'skirt', 'sweater'];

  it.each([
    ['shrit', 'shirt'],
    ['hsirt', 'shirt'],
    ['swetaer', 'sweater'],
    ['xylophone', 'xylophone'],
    ['st', 'st'],
    ['skirt', 'skirt'],
  ])('%s is taken for %s', (typed, meant) => {
    expect(correctWord({ typed, candidates, isUnfinished: false })).toBe(meant);
  });

  it('may be unfinished', () => {
    expect(correctWord({ typed: 'swaet', candidates, isUnfinished: true })).toBe('sweater');
    expect(correctWord({ typed: 'sho', candidates, isUnfinished: true })).toBe('sho');
  });
});
