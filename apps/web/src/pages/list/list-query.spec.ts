import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  conditions,
  listPath,
  parseListQuery,
  toSearch,
  typedPricesPath,
  valueOf,
  withCursor,
  without,
} from './list-query.ts';

describe('the address of a list', () => {
  it('leaves out empty fields and what nobody knows', () => {
    const query = parseListQuery('q=&category=&from=&utm_source=x&sort=best&option.Colour=Indigo');
    expect(listPath(query)).toBe('/products?option.Colour=Indigo');
  });

  it('is the same however its parts are ordered or repeated', () => {
    const one = parseListQuery('option.Size=M&q=linen&option.Size=S&option.Size=M');
    const other = parseListQuery('q=linen&option.Size=S&option.Size=M&q=wool');
    expect(toSearch(one)).toBe(toSearch(other));
  });

  it('reads its own writing, whatever people type', () => {
    const entry = fc.tuple(
      fc.constantFrom('q', 'category', 'vendor', 'option.Colour', 'inStock', 'minPrice', 'cursor'),
      fc.string({ maxLength: 30 }),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
        const query = parseListQuery(new URLSearchParams(entries).toString());
        expect(parseListQuery(toSearch(query))).toEqual(query);
        expect(listPath(query)).toMatch(/^\/products(\?[!-~]+)?$/);
      }),
    );
  });

  it('bounds what it keeps of a flood', () => {
    const flood = Array.from({ length: 5_000 }, (_, i) => `vendor=v${i}`).join('&');
    expect(parseListQuery(flood).length).toBeLessThanOrEqual(40);
    expect(parseListQuery(`q=${'x'.repeat(10_000)}`)).toEqual([]);
  });

  it('takes one condition away, and goes back to the first page', () => {
    const query = parseListQuery('vendor=A&vendor=B&cursor=abc');
    expect(listPath(without(query, 'vendor', 'A'))).toBe('/products?vendor=B');
    expect(listPath(withCursor(query, 'next'))).toBe('/products?vendor=A&vendor=B&cursor=next');
  });

  it('does not take order and pages for conditions', () => {
    const query = parseListQuery('sort=price&limit=12&cursor=x&inStock=true');
    expect(conditions(query)).toEqual([['inStock', 'true']]);
  });

  it('understands a price range that was typed the wrong way round', () => {
    const query = parseListQuery('minPrice=6000&maxPrice=2000');
    expect([valueOf(query, 'minPrice'), valueOf(query, 'maxPrice')]).toEqual(['2000', '6000']);
  });
});

describe('typed prices', () => {
  it.each([
    ['from=20&to=', '/products?minPrice=2000'],
    ['from=19,50&to=60.5&q=linen', '/products?maxPrice=6050&minPrice=1950&q=linen'],
    ['from=€20&to=abc', '/products?minPrice=2000'],
    ['from=0&to=', '/products?minPrice=0'],
    ['from=-5', '/products'],
    ['from=1e9&to=1.999', '/products?maxPrice=199'],
    ['from=&to=&minPrice=300', '/products'],
  ])('%s means %s', (search, path) => {
    expect(typedPricesPath(search, 2)).toBe(path);
  });

  it('leave an address alone that did not come from the form', () => {
    expect(typedPricesPath('q=linen', 2)).toBeUndefined();
  });
});
