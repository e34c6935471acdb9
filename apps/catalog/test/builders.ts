import type { catalogApi } from '@hemline/contracts';
import type { z } from 'zod';

type Body = z.input<typeof catalogApi.productInput>;
type VariantBody = Body['variants'][number];

export const eur = (amount: number | string) => ({ amount: String(amount), currency: 'EUR' });

export const aVariant = (sku: string, change: Partial<VariantBody> = {}): VariantBody => ({
  sku,
  options: {},
  price: eur(4900),
  ...change,
});

/** A product as its merchant puts it; without options, with one variant, unless told otherwise. */
export const aProduct = (change: Partial<Body> = {}): Body => ({
  title: 'Tea towel',
  vendor: 'Hemline',
  category: 'Home > Kitchen',
  variants: [aVariant('towel')],
  ...change,
});

/** One variant for each pair of a colour and a size. */
export const aGarment = (
  handle: string,
  { colours, sizes, ...change }: Partial<Body> & { colours: string[]; sizes: string[] },
): Body =>
  aProduct({
    title: handle,
    category: 'Clothing > Shirts',
    options: [
      { name: 'Colour', values: colours },
      { name: 'Size', values: sizes },
    ],
    variants: colours.flatMap((colour) =>
      sizes.map((size) =>
        aVariant(`${handle}-${colour}-${size}`, { options: { Colour: colour, Size: size } }),
      ),
    ),
    ...change,
  });
