import { cartApi } from '@hemline/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aLine } from '../../test/builders.ts';
import type { Line } from './cart.ts';
import {
  type KnownAt,
  type ProductCopy,
  type StockCopy,
  noticesFor,
  toCartView,
} from './cart-view.ts';

const asOf = new Date('2026-01-01T00:00:00Z');
const aProduct = (rest: Partial<ProductCopy> = {}): ProductCopy => ({
  handle: 'linen-shirt',
  title: 'Linen shirt, washed',
  options: { Size: 'M' },
  image: { id: 'a'.repeat(32), alt: 'Front' },
  price: { amount: 12_900n, currency: 'EUR' },
  priceVersion: 1,
  isWithdrawn: false,
  asOf,
  isParked: false,
  ...rest,
});
const stock = (available: number): StockCopy => ({ available, asOf, isParked: false });
const unknown: KnownAt = { product: undefined, stock: undefined };
const view = (
  lines: readonly Line[],
  product?: ProductCopy,
  { available, knownAt = unknown }: { available?: number; knownAt?: KnownAt } = {},
): cartApi.Cart =>
  toCartView(
    {
      cart: { id: 'e7f4a2f0-9d52-4f61-8f0a-111111111111', status: 'open', version: 2, lines },
      products: new Map(product ? lines.map(({ sku }) => [sku, product]) : []),
      stock: new Map(
        available === undefined ? [] : lines.map(({ sku }) => [sku, stock(available)]),
      ),
      readAt: asOf,
    },
    knownAt,
  );

describe('a notice', () => {
  it('tells of a changed price, old and new', () => {
    const dearer = aProduct({ price: { amount: 13_900n, currency: 'EUR' }, priceVersion: 2 });
    expect(noticesFor(aLine(), dearer, undefined)).toEqual([
      {
        kind: 'price_changed',
        was: { amount: '12900', currency: 'EUR' },
        now: { amount: '13900', currency: 'EUR' },
      },
    ]);
  });

  it('is silent where the copy is older than the quote, or the price came back', () => {
    const older = aProduct({ price: { amount: 100n, currency: 'EUR' }, priceVersion: 1 });
    expect(noticesFor(aLine({ quote: { priceVersion: 2 } }), older, undefined)).toEqual([]);
    expect(noticesFor(aLine(), aProduct({ priceVersion: 7 }), undefined)).toEqual([]);
  });

  it('tells of stock that is short or gone, and says nothing while none is known', () => {
    const line = aLine({ quantity: 3 });
    expect(noticesFor(line, undefined, stock(2))).toEqual([
      { kind: 'stock_short', requested: 3, left: 2 },
    ]);
    expect(noticesFor(line, undefined, stock(0))).toEqual([{ kind: 'sold_out' }]);
    expect(noticesFor(line, undefined, stock(-1))).toEqual([{ kind: 'sold_out' }]);
    expect(noticesFor(line, undefined, stock(3))).toEqual([]);
    expect(noticesFor(line, undefined, undefined)).toEqual([]);
  });

  it('of a withdrawn product stands alone', () => {
    const gone = aProduct({ isWithdrawn: true, priceVersion: 2 });
    expect(noticesFor(aLine(), gone, stock(0))).toEqual([{ kind: 'withdrawn' }]);
  });
});

describe('the view of a cart', () => {
  it('says as of when each copy is known to be right, each by its own owner', () => {
    const later = new Date('2026-01-02T00:00:00Z');
    const asOfOf = (product: ProductCopy, knownAt: KnownAt) =>
      view([aLine()], product, { available: 9, knownAt }).lines[0]?.asOf;
    const [then, now] = [asOf, later].map((each) => each.toISOString());
    expect(asOfOf(aProduct(), { product: later, stock: undefined })).toEqual({
      product: now,
      availability: then,
    });
    expect(asOfOf(aProduct({ isParked: true }), { product: later, stock: later })).toEqual({
      product: then,
      availability: now,
    });
  });

  it('is of its contract, with and without the copies', () => {
    expect(cartApi.cart.parse(view([aLine()], aProduct(), { available: 2 }))).toMatchObject({
      lines: [
        {
          title: 'Linen shirt, washed',
          handle: 'linen-shirt',
          availability: { state: 'few_left', left: 2 },
          asOf: { product: asOf.toISOString(), availability: asOf.toISOString() },
        },
      ],
    });
    expect(cartApi.cart.parse(view([aLine()]))).toMatchObject({
      lines: [{ title: 'Linen shirt', options: {}, image: null, availability: null }],
    });
    expect(view([]).subtotal).toBeNull();
  });

  it('adds up: the subtotal is the sum of the lines, at the prices that were shown', () => {
    const line = fc.record({
      price: fc.bigInt(0n, 999_999_999_999n),
      quantity: fc.integer({ min: 1, max: 99 }),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 100 }), (all) => {
        const lines = all.map(({ price, quantity }, i) =>
          aLine({ sku: `sku-${i}`, quantity, quote: { price: `${price}` } }),
        );
        const total = all.reduce((sum, { price, quantity }) => sum + price * BigInt(quantity), 0n);
        expect(view(lines, aProduct({ price: { amount: 1n, currency: 'EUR' } })).subtotal).toEqual({
          amount: `${total}`,
          currency: 'EUR',
        });
      }),
    );
  });
});
