import type { catalogApi } from '@hemline/contracts';
import type { MoneyJson } from '@hemline/money';
import { toPlain, toWords } from '../search/words.ts';
import { toPlainText } from './description.ts';
import {
  type Options,
  type Product,
  type ProductImage,
  type ProductVariant,
  toPriceRange,
  toVariantTitle,
} from './product.ts';

/** A list's answer about one product, but for the copies of stock and pictures it is laid over with. */
export type StoredItem = Omit<catalogApi.ProductItem, 'images' | 'availability'> & {
  readonly images: readonly ProductImage[];
};

/** Its page's answer, likewise; each price with the version that a quote states. */
export type StoredDetail = Omit<
  catalogApi.Product,
  'images' | 'variants' | 'related' | 'version' | 'createdAt' | 'asOf'
> & {
  readonly images: readonly ProductImage[];
  readonly variants: readonly StoredVariant[];
};

export type StoredVariant = ProductVariant & { readonly priceVersion: number };

/** One option of a variant, as a text that can be searched for, and read again. */
export const toChoice = (name: string, value: string): string => JSON.stringify([name, value]);

/** What every choice of an option begins with. */
export const toChoicePrefix = (name: string): string => `[${JSON.stringify(name)},`;

/** The price of a sku and the count of prices that it has had. */
export type PriceVersion = MoneyJson & { readonly sku: string; readonly version: number };

/** Prices that differ from the last one of their sku, each as that sku's next version. */
export const toNewPrices = (
  variants: readonly ProductVariant[],
  known: ReadonlyMap<string, PriceVersion>,
): PriceVersion[] =>
  variants.flatMap(({ sku, price }) => {
    const last = known.get(sku);
    if (last && last.amount === price.amount && last.currency === price.currency) return [];
    return [{ sku, ...price, version: (last?.version ?? 0) + 1 }];
  });

const breadcrumbsOf = ({ category }: Product): catalogApi.Product['breadcrumbs'] =>
  category.paths.map((path, i) => ({ path, title: category.titles[i] ?? path }));

const toChoices = (options: Options): string[] =>
  Object.entries(options).map(([name, value]) => toChoice(name, value));

/** Everything that is stored of a product, ready for the statements that store it. */
export const toRows = (
  id: string,
  product: Product,
  priceVersions: ReadonlyMap<string, PriceVersion>,
) => {
  const { handle, title, vendor, category, tags, images } = product;
  const { min, max, compareAt } = toPriceRange(product.variants);
  const head = { id, handle, title, vendor, category: category.path };
  const item: StoredItem = {
    ...head,
    priceRange: { min, max },
    ...(compareAt && { compareAt }),
    images: [...images],
  };
  const variants = product.variants.map((variant) => ({
    ...variant,
    priceVersion: priceVersions.get(variant.sku)?.version ?? 1,
  }));
  const detail: StoredDetail = {
    ...head,
    breadcrumbs: breadcrumbsOf(product),
    tags: [...tags],
    descriptionHtml: product.descriptionHtml,
    options: product.options.map(({ name, values }) => ({ name, values: [...values] })),
    variants,
    images,
  };
  const values = new Set(variants.flatMap(({ options }) => Object.values(options)));
  const described = [vendor, ...category.titles, ...values].join(' ');
  return {
    item,
    detail,
    choices: [...new Set(variants.flatMap(({ options }) => toChoices(options)))],
    imageIds: [...new Set(images.map(({ id: imageId }) => imageId))],
    minPrice: min.amount,
    maxPrice: max.amount,
    plainTitle: toPlain(title),
    search: {
      title,
      described,
      tags: tags.join(' '),
      description: toPlainText(product.descriptionHtml),
    },
    // In order, so that two transactions with words in common do not wait for each other in a ring.
    words: [...new Set(toWords([title, described, ...tags].join(' ')))].toSorted(),
    variants: variants.map(({ sku, options, price, priceVersion }) => ({
      sku,
      choices: toChoices(options),
      price_minor: price.amount,
      currency: price.currency,
      price_version: priceVersion,
      title: toVariantTitle(title, options),
    })),
  };
};

export type ProductRows = ReturnType<typeof toRows>;
