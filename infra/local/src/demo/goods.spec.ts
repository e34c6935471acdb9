import { describe, expect, it } from '@jest/globals';
import { demoGoods } from './goods.ts';
import type { DemoVariant } from './goods/draft.ts';

const variants = demoGoods.flatMap((product) => product.variants);
const share = (test: (variant: DemoVariant) => boolean): number =>
  variants.filter(test).length / variants.length;

const duplicates = (values: readonly string[]): string[] =>
  values.filter((value, i) => values.indexOf(value) !== i);

describe('the demo goods', () => {
  it('are about 60 products in 8 categories', () => {
    expect(demoGoods.length).toBeGreaterThanOrEqual(56);
    expect(demoGoods.length).toBeLessThanOrEqual(66);
    expect(new Set(demoGoods.map((product) => product.category.join(' / '))).size).toBe(8);
  });

  it('have handles, SKUs and picture keys of their own', () => {
    expect(duplicates(demoGoods.map((product) => product.handle))).toEqual([]);
    expect(duplicates(variants.map((variant) => variant.sku))).toEqual([]);
    const keys = demoGoods.flatMap((product) => product.pictures.map((picture) => picture.key));
    expect(duplicates(keys)).toEqual([]);
  });

  it('have short SKUs that a person can read', () => {
    for (const { sku } of variants) expect(sku).toMatch(/^HL-[A-Z]{3}-[A-Z]{3}-[A-Z0-9]{1,3}$/);
  });

  it.each(demoGoods.map((product) => [product.handle, product] as const))(
    '%s offers each colour in each size, once',
    (_, product) => {
      const offered = product.variants.map(
        ({ options }) => `${options['Colour']}/${options['Size']}`,
      );
      const [colours, sizes] = product.options;
      const expected = colours?.values.flatMap((colour) =>
        sizes?.values.map((size) => `${colour}/${size}`),
      );
      expect(product.options.map(({ name }) => name)).toEqual(['Colour', 'Size']);
      expect(offered).toEqual(expected);
    },
  );

  it('are priced in whole cents, and reduced only from a higher price', () => {
    for (const { priceMinor, compareAtMinor } of variants) {
      expect(priceMinor).toBeGreaterThan(0n);
      if (compareAtMinor !== undefined) expect(compareAtMinor).toBeGreaterThan(priceMinor);
    }
  });

  it('are mostly in stock, with some sold out, some nearly so and some reduced', () => {
    const soldOut = share(({ onHand }) => onHand === 0);
    const few = share(({ onHand }) => onHand > 0 && onHand <= 3);
    const reduced = share(({ compareAtMinor }) => compareAtMinor !== undefined);
    for (const part of [soldOut, few, reduced]) {
      expect(part).toBeGreaterThan(0.03);
      expect(part).toBeLessThan(0.2);
    }
    const gone = demoGoods.filter((product) =>
      product.variants.every(({ onHand }) => onHand === 0),
    );
    expect(gone.length).toBeGreaterThanOrEqual(1);
    expect(gone.length).toBeLessThanOrEqual(4);
  });

  it('are described in paragraphs and lists alone', () => {
    for (const { descriptionHtml } of demoGoods) {
      const tags = [...descriptionHtml.matchAll(/<\/?([a-z]+)[^>]*>/g)].map(([, name]) => name);
      expect(
        tags.filter((name) => !['p', 'ul', 'li', 'em', 'strong'].includes(name ?? '')),
      ).toEqual([]);
      expect(descriptionHtml).not.toMatch(/&(?!amp;|lt;|gt;)/);
    }
  });

  it('have two to four pictures each, one of them a front in every colour', () => {
    for (const { handle, pictures, options } of demoGoods) {
      expect([handle, pictures.length >= 2 && pictures.length <= 4]).toEqual([handle, true]);
      const shown = pictures.slice(0, options[0]?.values.length).map(({ colour }) => colour);
      expect(shown).toEqual(options[0]?.values);
      for (const { alt } of pictures) expect(alt.length).toBeGreaterThan(12);
    }
  });
});
