import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aLine } from '../../test/builders.ts';
import {
  type Cart,
  type Change,
  type Line,
  assertCanChange,
  laterQuote,
  maxLines,
  maxQuantity,
  mergeLines,
  withoutPurchased,
} from './cart.ts';

const aCart = (lines: readonly Line[] = [], rest: Partial<Cart> = {}): Cart => ({
  id: 'a',
  status: 'open',
  version: 3,
  lines,
  ...rest,
});

const sku = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const lines = fc
  .uniqueArray(fc.record({ sku, quantity: fc.integer({ min: 1, max: maxQuantity }) }), {
    selector: (line) => line.sku,
  })
  .map((all) => all.map((line) => aLine(line)));
const quantityOf = (all: readonly Line[], wanted: string): number =>
  all.find((line) => line.sku === wanted)?.quantity ?? 0;

describe('merging carts', () => {
  it('keeps every line of both, adding quantities up to what a line holds', () => {
    fc.assert(
      fc.property(lines, lines, (into, from) => {
        const merged = mergeLines(aCart(into), aCart(from));
        for (const each of ['a', 'b', 'c', 'd', 'e']) {
          const sum = quantityOf(into, each) + quantityOf(from, each);
          expect(quantityOf(merged, each)).toBe(Math.min(maxQuantity, sum));
        }
      }),
    );
  });

  it('lets the later quote of a line count, whichever cart it was in', () => {
    const early = aLine({ quote: { iat: 1, price: '100' } });
    const late = aLine({ quote: { iat: 2, price: '200' } });
    expect(mergeLines(aCart([early]), aCart([late]))[0]?.quote.price).toBe('200');
    expect(mergeLines(aCart([late]), aCart([early]))[0]?.quote.price).toBe('200');
  });

  it('refuses more lines than a cart holds, and a second currency', () => {
    const many = (prefix: string): Line[] =>
      Array.from({ length: maxLines / 2 + 1 }, (_, i) => aLine({ sku: `${prefix}${i}` }));
    expect(() => mergeLines(aCart(many('a')), aCart(many('b')))).toThrow('carts.line_limit');
    const pounds = aLine({ sku: 'hat', quote: { currency: 'GBP' } });
    expect(() => mergeLines(aCart([aLine()]), aCart([pounds]))).toThrow('carts.currency_mixed');
  });
});

describe('a purchase', () => {
  it('takes out exactly what was bought and is there', () => {
    const purchases = fc.array(fc.record({ sku, quantity: fc.integer({ min: 1, max: 50 }) }));
    fc.assert(
      fc.property(lines, purchases, (before, bought) => {
        const after = withoutPurchased(before, bought);
        for (const line of before) {
          const taken = bought
            .filter((each) => each.sku === line.sku)
            .reduce((sum, { quantity }) => sum + quantity, 0);
          expect(quantityOf(after, line.sku)).toBe(Math.max(0, line.quantity - taken));
        }
        expect(after.every(({ quantity }) => quantity > 0)).toBe(true);
      }),
    );
  });

  it('leaves what was added after checkout began', () => {
    const rest = withoutPurchased(
      [aLine({ quantity: 3 }), aLine({ sku: 'hat' })],
      [{ sku: 'shirt-m', quantity: 1 }],
    );
    expect(rest.map((line) => [line.sku, line.quantity])).toEqual([
      ['shirt-m', 2],
      ['hat', 1],
    ]);
  });
});

describe('of two quotes', () => {
  it('the later counts, whichever came first', () => {
    const [early, late] = [aLine({ quote: { iat: 5 } }).quote, aLine({ quote: { iat: 6 } }).quote];
    expect(laterQuote(early, late)).toBe(late);
    expect(laterQuote(late, early)).toBe(late);
  });
});

describe('a change of a cart', () => {
  const { quote } = aLine();
  const full = Array.from({ length: maxLines }, (_, i) => aLine({ sku: `sku-${i}` }));
  it.each<[string, Cart, Change, string]>([
    [
      'of a closed cart',
      aCart([], { status: 'closed' }),
      { kind: 'add', sku: 'a', quantity: 1, quote },
      'carts.closed',
    ],
    [
      'of another version',
      aCart([aLine()]),
      { kind: 'remove', sku: 'shirt-m', versions: [2] },
      'carts.version_mismatch',
    ],
    [
      'that sets a line it has not, without a quote',
      aCart(),
      { kind: 'set', sku: 'a', quantity: 1 },
      'lines.not_found',
    ],
    ['that removes a line it has not', aCart(), { kind: 'remove', sku: 'a' }, 'lines.not_found'],
    [
      'above a line’s limit',
      aCart([aLine({ quantity: 98 })]),
      { kind: 'add', sku: 'shirt-m', quantity: 2, quote },
      'carts.quantity_limit',
    ],
    [
      'above the cart’s limit',
      aCart(full),
      { kind: 'add', sku: 'a', quantity: 1, quote },
      'carts.line_limit',
    ],
    [
      'into another currency',
      aCart([aLine()]),
      { kind: 'add', sku: 'a', quantity: 1, quote: { ...quote, currency: 'GBP' } },
      'carts.currency_mixed',
    ],
  ])('%s is refused by its name', (_what, cart, change, code) => {
    expect(() => assertCanChange(cart, change)).toThrow(code);
  });

  it('that nothing stands against passes', () => {
    const cart = aCart([aLine({ quantity: 98 })]);
    const changes: Change[] = [
      { kind: 'add', sku: 'shirt-m', quantity: 1, quote },
      { kind: 'set', sku: 'shirt-m', quantity: 99, versions: [1, 3] },
      { kind: 'remove', sku: 'shirt-m' },
    ];
    for (const change of changes) expect(() => assertCanChange(cart, change)).not.toThrow();
  });
});
