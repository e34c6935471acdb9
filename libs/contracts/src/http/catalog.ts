import { moneySchema } from '@hemline/money';
import { z } from 'zod';
import { availability, handle, options, quote, sku, timestamp, uuid } from './fields.ts';
import { imageId } from './images.ts';

export const productSort = z.enum(['relevance', 'newest', 'price', '-price', 'title']);
export type ProductSort = z.infer<typeof productSort>;

const productImage = z.object({
  id: imageId,
  /** Width and height are 0 until the image service has told catalog of the picture. */
  width: z.int().nonnegative(),
  height: z.int().nonnegative(),
  alt: z.string(),
  placeholder: z.string().optional(),
  /** The option values that this picture shows, such as `{ "Colour": "Indigo" }`. */
  options: options.optional(),
});
export type ProductImage = z.infer<typeof productImage>;

export const productItem = z.object({
  id: uuid,
  handle,
  title: z.string(),
  vendor: z.string(),
  /** Path of slugs from the root, such as `clothing/shirts`. */
  category: z.string(),
  priceRange: z.object({ min: moneySchema, max: moneySchema }),
  compareAt: moneySchema.optional(),
  images: z.array(productImage),
  availability,
});
export type ProductItem = z.infer<typeof productItem>;

export const facet = z.object({
  /** `category`, `vendor`, or the name of an option, such as `Colour`. */
  name: z.string(),
  /** The query parameter that selects a value of it, such as `option.Colour`. */
  parameter: z.string(),
  values: z.array(
    z.object({ value: z.string(), title: z.string(), count: z.int(), selected: z.boolean() }),
  ),
});
export type Facet = z.infer<typeof facet>;

export const productList = z.object({
  items: z.array(productItem),
  total: z.int().nonnegative(),
  facets: z.array(facet),
  /** The cursor of the next page, or null on the last one. */
  next: z.string().nullable(),
  asOf: timestamp,
});
export type ProductList = z.infer<typeof productList>;

export const variant = z.object({
  sku,
  options,
  price: moneySchema,
  compareAt: moneySchema.optional(),
  availability,
  quote,
});
export type Variant = z.infer<typeof variant>;

const optionList = z
  .array(
    z.object({
      name: z.string().min(1).max(60),
      values: z.array(z.string().min(1).max(120)).min(1).max(200),
    }),
  )
  .max(3);

export const product = z.object({
  id: uuid,
  handle,
  title: z.string(),
  vendor: z.string(),
  category: z.string(),
  /** Titles along the category's path, for breadcrumbs. */
  breadcrumbs: z.array(z.object({ path: z.string(), title: z.string() })),
  tags: z.array(z.string()),
  descriptionHtml: z.string(),
  options: optionList,
  variants: z.array(variant),
  images: z.array(productImage),
  /** What goes with it: a few others, without their own details. */
  related: z.array(productItem),
  version: z.int(),
  createdAt: timestamp,
  asOf: timestamp,
});
export type Product = z.infer<typeof product>;

export const suggestions = z.object({
  items: z.array(
    z.object({
      kind: z.enum(['product', 'category']),
      title: z.string(),
      handle: z.string().optional(),
      category: z.string().optional(),
    }),
  ),
});
export type Suggestions = z.infer<typeof suggestions>;

export type Category = { path: string; title: string; count: number; children: Category[] };
export const category: z.ZodType<Category> = z
  .object({
    path: z.string(),
    title: z.string(),
    count: z.int(),
    get children() {
      return z.array(category);
    },
  })
  .meta({ id: 'Category' });
export const categoryTree = z.object({ items: z.array(category) });
export type CategoryTree = z.infer<typeof categoryTree>;

export const quotesRequest = z.strictObject({ skus: z.array(sku).min(1).max(100) });
export const quotesResponse = z.object({ quotes: z.record(z.string(), quote.nullable()) });
export type QuotesResponse = z.infer<typeof quotesResponse>;

/** The body of `PUT /products/{handle}`: a whole product, as its merchant states it. */
export const productInput = z.strictObject({
  title: z.string().trim().min(1).max(255),
  vendor: z.string().trim().min(1).max(255),
  /** Titles from the root, separated by ` > `, such as `Clothing > Shirts`. */
  category: z.string().trim().min(1).max(255),
  tags: z.array(z.string().min(1).max(255)).max(250).default([]),
  descriptionHtml: z.string().max(65_536).default(''),
  published: z.boolean().default(true),
  options: optionList.default([]),
  variants: z
    .array(
      z.strictObject({
        sku,
        options: options.default({}),
        price: moneySchema,
        compareAt: moneySchema.optional(),
      }),
    )
    .min(1)
    .max(250),
  images: z
    .array(
      z.strictObject({
        id: imageId,
        alt: z.string().max(512).default(''),
        options: options.optional(),
      }),
    )
    .max(50)
    .default([]),
});
export type ProductInput = z.infer<typeof productInput>;

export const productWritten = z.object({
  id: uuid,
  handle,
  version: z.int(),
  outcome: z.enum(['created', 'changed', 'unchanged']),
});
export type ProductWritten = z.infer<typeof productWritten>;
