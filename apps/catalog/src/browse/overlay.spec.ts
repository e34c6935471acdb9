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
    expect(toAvailability({ available, asOf }, since)).toEqual({
      ...answer,
      asOf: asOf.toISOString(),
    });
  });

  it('of a sku that nobody told of is none, as of the product', () => {
    expect(toAvailability(undefined, since)).toEqual({
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
    const parts = { item, updated_at: since, available: 9n, stock_as_of: asOf, pictures: null };
    const ids = (chosen: { name: string; values: string[] }[]): string[] =>
      toItem(parts, chosen).images.map(({ id }) => id);
    expect(ids([])).toEqual(['a', 'b']);
    expect(ids([{ name: 'Colour', values: ['Indigo'] }])).toEqual(['c', 'a']);
  });
});
