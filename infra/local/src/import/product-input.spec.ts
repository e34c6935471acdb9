import { catalogApi } from '@hemline/contracts';
import { describe, expect, it } from '@jest/globals';
import { compareVariant, toInput, toIssue } from './product-input.ts';
import type { Draft } from './draft/draft.ts';
import type { Variant } from './draft/variants.ts';

const euros = (amount: string) => ({ amount, currency: 'EUR' });
const variant = (Size: string, price = '3600'): Variant => ({
  line: 2,
  sku: `tee-${Size}`,
  options: { Size },
  price: euros(price),
  onHand: 1,
  picture: '',
});

const draft: Draft = {
  kind: 'draft',
  handle: 'tee',
  line: 2,
  title: 'Tee',
  vendor: 'Maker',
  category: 'Tops',
  tags: [],
  descriptionHtml: '',
  published: true,
  optionNames: ['Size'],
  variants: [variant('S'), { ...variant('L'), line: 3 }],
  refusedCount: 0,
  refusals: [],
  notes: [],
  pictures: [],
  isPartial: false,
};

const formerVariant = (Size: string): catalogApi.Variant => ({
  sku: `tee-${Size}`,
  options: { Size },
  price: euros('3000'),
  availability: { state: 'in_stock', asOf: '2026-01-01T00:00:00Z' },
  quote: 'quote',
});

const former: catalogApi.Product = {
  id: '00000000-0000-4000-8000-000000000000',
  handle: 'tee',
  title: 'Tee',
  vendor: 'Maker',
  category: 'tops',
  breadcrumbs: [],
  tags: [],
  descriptionHtml: '',
  options: [{ name: 'Size', values: ['S', 'M'] }],
  variants: [formerVariant('S'), formerVariant('M')],
  images: [{ id: 'a'.repeat(32), width: 1, height: 1, alt: 'front', placeholder: 'data:,' }],
  related: [],
  version: 1,
  createdAt: '2026-01-01T00:00:00Z',
  asOf: '2026-01-01T00:00:00Z',
};

const isValid = (input: unknown) => catalogApi.productInput.safeParse(input).success;

describe('a product as catalog takes it', () => {
  it('has what its rows state, and no more', () => {
    const input = toInput(draft, { former, pictures: [] });
    expect(isValid(input)).toBe(true);
    expect(input.variants.map(({ sku }) => sku)).toEqual(['tee-S', 'tee-L']);
    expect(input.options).toEqual([{ name: 'Size', values: ['S', 'L'] }]);
    expect(input.images).toEqual([]);
  });

  it('keeps of what the shop has that which a refused row may have told of', () => {
    const input = toInput({ ...draft, isPartial: true }, { former, pictures: [] });
    expect(isValid(input)).toBe(true);
    expect(input.variants.map(({ sku, price }) => [sku, price.amount])).toEqual([
      ['tee-S', '3600'],
      ['tee-L', '3600'],
      ['tee-M', '3000'],
    ]);
  });

  it('keeps nothing that no longer fits its options', () => {
    const partial = { ...draft, isPartial: true, optionNames: [], variants: [] };
    expect(toInput(partial, { former, pictures: [] }).variants).toEqual([]);
  });

  it('keeps its photos where nobody looked for others', () => {
    const input = toInput(draft, { former, pictures: undefined });
    expect(input.images).toEqual([{ id: 'a'.repeat(32), alt: 'front' }]);
  });

  it('describes a photo by the title where the file does not', () => {
    const found = { line: 2, src: 'a.jpg', id: 'b'.repeat(32) };
    const pictures = [
      { ...found, alt: '' },
      { ...found, alt: 'Back' },
    ];
    const { images } = toInput(draft, { former: undefined, pictures });
    expect(images?.map(({ alt }) => alt)).toEqual(['Tee', 'Back']);
  });
});

it('a variant is new, changed or unchanged by what it was', () => {
  expect(compareVariant(variant('L'), former)).toBe('new');
  expect(compareVariant(variant('S'), former)).toBe('changed');
  expect(compareVariant(variant('S', '3000'), former)).toBe('unchanged');
  expect(compareVariant({ ...variant('S', '3000'), compareAt: euros('4000') }, former)).toBe(
    'changed',
  );
});

it.each([
  ['#/title', 2, 'Title'],
  ['#/descriptionHtml', 2, 'Body (HTML)'],
  ['#/variants/1/price/amount', 3, 'Variant Price'],
  ['#/variants/1/sku', 3, 'Variant SKU'],
  ['#/options/1/values/0', 2, 'Option2 Name'],
  ['#/images/0/alt', 7, 'Image Alt Text'],
  ['#', 2, 'Handle'],
])('what catalog says of %p stands in the file on line %d at %p', (pointer, line, column) => {
  const pictures = [{ line: 7, src: 'a.jpg', alt: '', id: 'b'.repeat(32) }];
  expect(toIssue({ pointer, detail: 'is wrong' }, draft, pictures)).toEqual({
    line,
    column,
    reason: 'is wrong',
  });
});
