import { type catalogApi, toAvailabilityState } from '@hemline/contracts';
import type { Options, ProductImage } from '../products/product.ts';
import type { StoredItem } from '../products/product-rows.ts';

// A product's prebuilt answers know nothing of stock and of a picture's size, which others own and
// which change without the product. They are laid over as it is read.

/** Width, height and placeholder of a picture, as the image service told them. */
export type ImageCopy = readonly [width: number, height: number, placeholder: string];
export type ImageCopies = Readonly<Record<string, ImageCopy>>;

type Stock = { readonly available: number; readonly asOf: Date };

/** Of a sku that payments has never told of, there is none; `since` is when catalog last knew better. */
export const toAvailability = (
  stock: Stock | undefined,
  since: Date,
): catalogApi.ProductItem['availability'] => {
  const state = toAvailabilityState(stock?.available ?? 0);
  const asOf = (stock?.asOf ?? since).toISOString();
  return stock && state === 'few_left' ? { state, left: stock.available, asOf } : { state, asOf };
};

export const toImage = (
  { id, alt, options }: ProductImage,
  copies: ImageCopies | null,
): catalogApi.ProductImage => {
  const [width, height, placeholder] = copies?.[id] ?? [0, 0, undefined];
  return {
    id,
    width,
    height,
    alt,
    ...(placeholder !== undefined && { placeholder }),
    ...(options && { options: { ...options } }),
  };
};

/** A list shows one picture, and a second one on hover. */
const itemImages = 2;

type Chosen = readonly { readonly name: string; readonly values: readonly string[] }[];

/** Whoever asks for blue is shown the blue one first. */
const chooseImages = (images: readonly ProductImage[], chosen: Chosen): readonly ProductImage[] => {
  const isChosen = ({ options = {} }: { options?: Options }): boolean =>
    chosen.some(({ name, values }) => values.includes(options[name] ?? ''));
  const first = images.filter(isChosen);
  return [...first, ...images.filter((image) => !first.includes(image))].slice(0, itemImages);
};

export type ItemParts = {
  readonly item: StoredItem;
  readonly updated_at: Date;
  readonly available: bigint | null;
  readonly stock_as_of: Date | null;
  readonly pictures: ImageCopies | null;
};

export const toItem = (parts: ItemParts, chosen: Chosen = []): catalogApi.ProductItem => {
  const stock =
    parts.available === null || parts.stock_as_of === null
      ? undefined
      : { available: Number(parts.available), asOf: parts.stock_as_of };
  return {
    ...parts.item,
    images: chooseImages(parts.item.images, chosen).map((image) => toImage(image, parts.pictures)),
    availability: toAvailability(stock, parts.updated_at),
  };
};
