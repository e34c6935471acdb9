import { describe, expect, it } from '@jest/globals';
import { catalogApi } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { findFaults } from './product-faults.ts';
import { findImage, toContentHash, toPriceRange, toProduct, toVariantTitle } from './product.ts';

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const shirt = {
  title: 'Linen shirt',
  vendor: 'Hemline',
  category: 'Clothing > Shirts',
  options: [
    { name: 'Colour', values: ['Indigo', 'Rust'] },
    { name: 'Size', values: ['S', 'M'] },
  ],
  variants: [
    { sku: 'A', options: { Colour: 'Indigo', Size: 'S' }, price: eur('4900') },
    { sku: 'B', options: { Size: 'M', Colour: 'Indigo' }, price: eur('5900') },
  ],
};

const faultsOf = (change: object): string[] =>
  findFaults(catalogApi.productInput.parse({ ...shirt, ...change })).map(
    ({ pointer, detail }) => `${pointer} ${detail}`,
  );
const variant = (change: object) => ({ ...shirt.variants[0], ...change });

describe('a product', () => {
  it('without faults has none', () => {
    expect(faultsOf({})).toEqual([]);
  });

  it.each([
    [
      { variants: [variant({ options: { Colour: 'Indigo', Size: 'S', Fit: 'Slim' } })] },
      '#/variants/0/options/Fit unknown option Fit',
    ],
    [
      { variants: [variant({ options: { Colour: 'Pink', Size: 'S' } })] },
      '#/variants/0/options/Colour Pink is not among the values of Colour',
    ],
    [{ variants: [variant({ options: { Colour: 'Rust' } })] }, '#/variants/0/options has no Size'],
    [
      { variants: [variant({}), variant({ sku: 'C' })] },
      '#/variants/1/options the same options as #/variants/0',
    ],
    [
      { variants: [variant({}), variant({ options: { Colour: 'Rust', Size: 'S' } })] },
      '#/variants/1/sku A is the sku of #/variants/0',
    ],
    [
      { variants: [variant({ price: { amount: '1', currency: 'USD' }, compareAt: eur('2') })] },
      '#/variants/0/compareAt/currency one product has one currency, and this is not USD',
    ],
    [{ variants: [variant({ price: eur('-1') })] }, '#/variants/0/price/amount is below zero'],
    [
      { variants: [variant({ price: eur('1234567890123') })] },
      '#/variants/0/price/amount has more than 12 digits',
    ],
    [
      { options: [...shirt.options, { name: 'Size', values: ['XL', 'XL'] }] },
      '#/options/2/name a second option Size',
    ],
    [
      { options: [{ name: 'Colour', values: ['Indigo', 'Indigo'] }, shirt.options[1]] },
      '#/options/0/values/1 a second value Indigo',
    ],
    [
      { images: [{ id: 'a'.repeat(32), options: { Cut: 'x' } }] },
      '#/images/0/options/Cut unknown option Cut',
    ],
    [{ title: 'a\u0000b' }, '#/title has a character that is not text'],
    [{ tags: ['fine', 'half \ud800'] }, '#/tags/1 has a character that is not text'],
  ])('names what is wrong with it: %#', (change, fault) => {
    expect(faultsOf(change)).toContain(fault);
  });

  it('is refused as a whole, with every fault', () => {
    const input = catalogApi.productInput.parse({ ...shirt, category: '>', title: '\u0000' });
    let refusal: unknown;
    try {
      toProduct('shirt', input);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(DomainError);
    expect((refusal as DomainError).details.errors).toHaveLength(2);
  });

  it('is the same, whatever order its body has', () => {
    const other = {
      ...shirt,
      variants: shirt.variants.map(({ options, ...rest }) => ({
        ...rest,
        options: Object.fromEntries(Object.entries(options).toReversed()),
      })),
    };
    const hashes = [shirt, other].map((body) =>
      toContentHash(toProduct('shirt', catalogApi.productInput.parse(body))).toString('hex'),
    );
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('is reduced only from a price above its own', () => {
    const { variants } = toProduct(
      'shirt',
      catalogApi.productInput.parse({
        ...shirt,
        variants: [
          variant({ compareAt: eur('4900') }),
          { ...shirt.variants[1], compareAt: eur('6900') },
        ],
      }),
    );
    expect(variants.map(({ compareAt }) => compareAt?.amount)).toEqual([undefined, '6900']);
    expect(toPriceRange(variants)).toEqual({ min: eur('4900'), max: eur('5900') });
  });

  it('shows each variant the picture that is of it', () => {
    const images = [
      { id: '1', alt: '' },
      { id: '2', alt: '', options: { Colour: 'Rust' } },
    ];
    expect(findImage(images, { Colour: 'Rust', Size: 'S' })?.id).toBe('2');
    expect(findImage(images, { Colour: 'Indigo', Size: 'S' })?.id).toBe('1');
    expect(findImage([], {})).toBeUndefined();
  });

  it('has variants that an order line can name', () => {
    expect(toVariantTitle('Linen shirt', { Colour: 'Indigo', Size: 'M' })).toBe(
      'Linen shirt (Indigo, M)',
    );
    expect(toVariantTitle('Tea towel', {})).toBe('Tea towel');
  });
});
