import { createHash } from 'node:crypto';
import type { catalogApi } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import type { MoneyJson } from '@hemline/money';
import { type Category, parseCategory } from './category.ts';
import { sanitizeDescription } from './description.ts';
import { findFaults } from './product-faults.ts';

export type Options = Readonly<Record<string, string>>;

export type ProductVariant = {
  readonly sku: string;
  readonly options: Options;
  readonly price: MoneyJson;
  /** Only where it is above the price: else nothing is reduced. */
  readonly compareAt?: MoneyJson;
};

export type ProductImage = {
  readonly id: string;
  readonly alt: string;
  readonly options?: Options;
};

/** A product as its merchant states it, checked and cleaned. */
export type Product = {
  readonly handle: string;
  readonly title: string;
  readonly vendor: string;
  readonly category: Category;
  readonly tags: readonly string[];
  readonly descriptionHtml: string;
  readonly published: boolean;
  readonly options: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly variants: readonly ProductVariant[];
  readonly images: readonly ProductImage[];
};

/** Options in the product's own order, whatever order a body has them in. */
const inOrder = (options: Options, names: readonly string[]): Options =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = options[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

const isAbove = (a: MoneyJson, b: MoneyJson): boolean => BigInt(a.amount) > BigInt(b.amount);

/** Checks what a schema cannot; says of every fault where it stands. */
export const toProduct = (handle: string, input: catalogApi.ProductInput): Product => {
  const category = parseCategory(input.category);
  const faults = findFaults(input);
  if ('fault' in category) {
    faults.push({ pointer: '#/category', detail: category.fault });
  }
  if (faults.length > 0 || 'fault' in category) {
    throw new DomainError('request.invalid', {
      detail: faults[0] ? `${faults[0].pointer}: ${faults[0].detail}` : 'not valid',
      errors: faults.slice(0, 50),
    });
  }
  const names = input.options.map(({ name }) => name);
  return {
    handle,
    title: input.title,
    vendor: input.vendor,
    category,
    tags: [...new Set(input.tags)],
    descriptionHtml: sanitizeDescription(input.descriptionHtml),
    published: input.published,
    options: input.options,
    variants: input.variants.map(({ sku, options, price, compareAt }) => ({
      sku,
      options: inOrder(options, names),
      price,
      ...(compareAt && isAbove(compareAt, price) && { compareAt }),
    })),
    images: input.images.map(({ id, alt, options }) => ({
      id,
      alt,
      ...(options && { options: inOrder(options, names) }),
    })),
  };
};

/** Equal for two bodies that state the same product. */
export const toContentHash = (product: Product): Buffer =>
  createHash('sha256').update(JSON.stringify(product)).digest();

/** Lowest and highest price, and what the cheapest variant is reduced from, if it is. */
export const toPriceRange = (
  variants: readonly ProductVariant[],
): { readonly min: MoneyJson; readonly max: MoneyJson; readonly compareAt?: MoneyJson } => {
  const sorted = variants.toSorted((a, b) =>
    Number(BigInt(a.price.amount) - BigInt(b.price.amount)),
  );
  const [cheapest, dearest] = [sorted[0], sorted.at(-1)];
  if (!cheapest || !dearest) throw new RangeError('a product has at least one variant');
  const reduced = sorted.find(
    ({ price, compareAt }) => compareAt && price.amount === cheapest.price.amount,
  );
  return {
    min: cheapest.price,
    max: dearest.price,
    ...(reduced?.compareAt && { compareAt: reduced.compareAt }),
  };
};

const shows = (image: ProductImage, options: Options): boolean =>
  Object.entries(image.options ?? {}).every(([name, value]) => options[name] === value);

/** The picture of a variant: one that is said to show it, else one that is said to show nothing else. */
export const findImage = (
  images: readonly ProductImage[],
  options: Options,
): ProductImage | undefined => {
  const shown = images.filter((image) => shows(image, options));
  return (
    shown.find((image) => image.options && Object.keys(image.options).length > 0) ??
    shown[0] ??
    images[0]
  );
};

/** What an order line calls a variant: "Linen shirt (Indigo, M)". */
export const toVariantTitle = (title: string, options: Options): string => {
  const values = Object.values(options);
  return values.length === 0 ? title : `${title} (${values.join(', ')})`;
};
