import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { listQuery } from './list-query.ts';

const faultsOf = (query: object): string[] =>
  (listQuery.safeParse(query).error?.issues ?? []).flatMap((issue) =>
    'keys' in issue
      ? issue.keys.map((key) => `${key} unknown`)
      : [`${issue.path.join('.')} ${issue.message}`],
  );

describe('the query of a list', () => {
  it('means the same in whatever order it is written', () => {
    const a = listQuery.parse({
      vendor: ['B', 'A', 'A'],
      'option.Size': 'M',
      'option.Colour': ['Rust', 'Indigo'],
      q: 'Crème',
    });
    const b = listQuery.parse({
      q: ' creme ',
      'option.Colour': ['Indigo', 'Rust'],
      'option.Size': ['M'],
      vendor: ['A', 'B'],
      limit: '24',
      sort: 'relevance',
    });
    expect(a).toEqual(b);
    expect(a.sort).toBe('relevance');
  });

  it('takes what an empty form field sends for nothing asked', () => {
    const empty = {
      q: '',
      category: '',
      vendor: '',
      minPrice: '',
      maxPrice: '',
      inStock: '',
      sort: '',
      limit: '',
      cursor: '',
      'option.Size': '',
    };
    expect(listQuery.parse(empty)).toEqual(listQuery.parse({}));
    expect(listQuery.parse({}).sort).toBe('newest');
  });

  it.each([
    [{ colour: 'red', page: '2' }, ['colour unknown', 'page unknown']],
    [{ 'option.': 'x' }, ['option. unknown']],
    [{ limit: '0' }, ['limit must be a whole number from 1 to 100']],
    [{ limit: '101' }, ['limit must be a whole number from 1 to 100']],
    [{ limit: ['1', '2'] }, ['limit Invalid input: expected string, received array']],
    [{ minPrice: '9.99' }, ['minPrice must be a whole number of minor units']],
    [{ minPrice: '2', maxPrice: '1' }, ['maxPrice is below minPrice']],
    [{ inStock: 'maybe' }, ['inStock must be true or false']],
    [{ cursor: 'x' }, ['cursor is not a cursor that a page gave as its next']],
    [{ q: 'x'.repeat(201) }, ['q Too big: expected string to have <=200 characters']],
    [{ vendor: 'a\u0000' }, ['vendor has a character that is not text']],
  ])('names what is wrong: %j', (query, faults) => {
    expect(faultsOf(query)).toEqual(faults);
  });

  it('has limits on values and options', () => {
    expect(faultsOf({ vendor: Array.from({ length: 21 }, String) })).toHaveLength(1);
    expect(
      faultsOf({ 'option.a': '1', 'option.b': '1', 'option.c': '1', 'option.d': '1' }),
    ).toEqual(['option.d is one more than the 3 options that a product can have']);
    expect(faultsOf({ sort: 'cheapest' })[0]).toContain('sort');
  });
});

describe('a cursor', () => {
  const key = fc
    .string({ unit: 'grapheme', maxLength: 100 })
    .filter((text) => !text.includes('\u0000'));

  it('comes back as what it was made of', () => {
    fc.assert(
      fc.property(key, fc.uuid(), (text, id) => {
        const cursor = encodeCursor({ key: text, id }, 'abcdefgh');
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(decodeCursor(cursor, { fingerprint: 'abcdefgh', isNumber: false })).toEqual({
          key: text,
          id,
        });
      }),
    );
  });

  it('is refused when it is of another query, broken, or made up', () => {
    const cursor = encodeCursor({ key: 'x', id: crypto.randomUUID() }, 'abcdefgh');
    const of = { fingerprint: 'abcdefgh', isNumber: false };
    expect(decodeCursor(cursor, { ...of, fingerprint: 'hgfedcba' })).toHaveProperty('fault');
    expect(decodeCursor(cursor, { ...of, isNumber: true })).toHaveProperty('fault');
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
        expect(decodeCursor(text, of)).toHaveProperty('fault');
      }),
    );
  });
});
