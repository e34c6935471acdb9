import { describe, expect, it } from '@jest/globals';
import { toAvailability, toImage, toItem } from './overlay.ts';

const since = new Date('2026-01-01T00:00:00Z');
const asOf = new Date('2026-02-01T00:00:00Z');

describe('availability', () => {
  it.each([
    [0, { state: 'sold_out' }],
    [-2, { state: 'sold_out' }],
    [1, { state: 'few_left', left: 1 }],
    [3, { state: 'few_left', left: 3 }],
    [4, { state: 'in_stock' }],
  ])('of %d units is %j', (available, answer) => {
    const stock = { available, asOf, isParked: false };
    expect(toAvailability(stock, { since, stockAt: undefined })).toEqual({
      ...answer,
      asOf: asOf.toISOString(),
    });
  });

  it('is known to be right as of its commit, or later if all that was told since is known', () => {
    const stock = { available: 9, asOf, isParked: false };
    const [earlier, later] = [-60_000, 60_000].map((ms) => new Date(asOf.getTime() + ms));
    const at = (stockAt: Date | undefined, isParked = false): string =>
      toAvailability({ ...stock, isParked }, { since, stockAt }).asOf;
    expect(at(later)).toBe(later?.toISOString());
    expect(at(earlier)).toBe(asOf.toISOString());
    expect(at(undefined)).toBe(asOf.toISOString());
    expect(at(later, true)).toBe(asOf.toISOString());
  });

  it('of a sku that nobody told of is none, as of the product', () => {
    expect(toAvailability(undefined, { since, stockAt: undefined })).toEqual({
      state: 'sold_out',
      asOf: since.toISOString(),
    });
  });
});

describe('pictures', () => {
  const image = (id: string, colour?: string) => ({
    id,
    alt: '',
    ...(colour && { options: { Colour: colour } }),
  });

  it('have no size until the image service told of it', () => {
    expect(toImage(image('a'), null)).toEqual({ id: 'a', width: 0, height: 0, alt: '' });
    expect(toImage(image('a'), { a: [3, 4, 'data:'] })).toEqual({
      id: 'a',
      width: 3,
      height: 4,
      alt: '',
      placeholder: 'data:',
    });
  });

  it('of a list are two, those that show what was chosen first', () => {
    const money = { amount: '1', currency: 'EUR' };
    const item = {
      id: 'x',
      handle: 'x',
      title: 'x',
      vendor: 'x',
      category: 'x',
      priceRange: { min: money, max: money },
      images: [image('a'), image('b', 'Rust'), image('c', 'Indigo')],
    };
    const stock = { available: 9n, stock_as_of: asOf, is_parked: false };
    const parts = { item, updated_at: since, ...stock, pictures: null };
    const ids = (chosen: { name: string; values: string[] }[]): string[] =>
      toItem(parts, { chosen, stockAt: undefined }).images.map(({ id }) => id);
    expect(ids([])).toEqual(['a', 'b']);
    expect(ids([{ name: 'Colour', values: ['Indigo'] }])).toEqual(['c', 'a']);
  });
});
