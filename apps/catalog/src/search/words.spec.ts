import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toAnyTsQuery, toPlain, toSearchWords, toTsQuery, toWords } from './words.ts';

describe('words', () => {
  it.each([
    ['  Crème   Brûlée ', 'creme brulee'],
    ['Straße', 'strasse'],
    ['Øre ÆGIR', 'ore aegir'],
  ])('%p is plainly %p', (text, plain) => {
    expect(toPlain(text)).toBe(plain);
  });

  it('leaves out what is between words, and a possessive', () => {
    expect(toWords("Women’s T-shirt (2-pack), men's & kids' socks")).toEqual(
      'women t shirt 2 pack men kids socks'.split(' '),
    );
  });

  it('makes a query that PostgreSQL can read of whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(toTsQuery(toSearchWords(text))).toMatch(/^('[\p{L}\p{N}]+'( & |:\*$))*$/u);
      }),
    );
    expect(toTsQuery(['blue', 'shi'])).toBe("'blue' & 'shi':*");
    expect(toAnyTsQuery(['blue', 'shi'])).toBe("'blue' | 'shi':*");
    expect(toAnyTsQuery([])).toBe('');
  });
});
