import { type catalogApi, toAvailabilityState } from '@hemline/contracts';
import type { Options, ProductImage } from '../products/product.ts';
import type { StoredItem } from '../products/product-rows.ts';

// A product's prebuilt answers know nothing of stock and of a picture's size, which others own and
// which change without the product. They are laid over as it is read.

/** Width, height and placeholder of a picture, as the image service told them. */
export type ImageCopy = readonly [width: number, height: number, placeholder: string];
export type ImageCopies = Readonly<Record<string, ImageCopy>>;

type Stock = {
  readonly available: number;
  /** When payments committed it. */
  readonly asOf: Date;
  /** It stands still behind an event that could not be applied. */
  readonly isParked: boolean;
};

/** What is known of stock beside its rows. */
export type Known = {
  /** When catalog last knew better, of a sku that payments has never told of: of it there is none. */
  readonly since: Date;
  /** All that payments had committed before then is in the copy; undefined while that is not known. */
  readonly stockAt: Date | undefined;
};

/**
 * `asOf` is the moment as of which this is known to be right: when payments committed it, or later,
 * when payments had told everything and nothing of this was newer.
 */
export const toAvailability = (
  stock: Stock | undefined,
  { since, stockAt }: Known,
): catalogApi.ProductItem['availability'] => {
  const state = toAvailabilityState(stock?.available ?? 0);
  const committed = stock?.asOf ?? since;
  const isStill = stockAt && !stock?.isParked && stockAt > committed;
  const asOf = (isStill ? stockAt : committed).toISOString();
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
  readonly is_parked: boolean | null;
  readonly pictures: ImageCopies | null;
};

export const toItem = (
  parts: ItemParts,
  { stockAt, chosen = [] }: { readonly stockAt: Date | undefined; readonly chosen?: Chosen },
): catalogApi.ProductItem => {
  const stock =
    parts.available === null || parts.stock_as_of === null
      ? undefined
      : {
          available: Number(parts.available),
          asOf: parts.stock_as_of,
          isParked: parts.is_parked === true,
        };
  return {
    ...parts.item,
    images: chooseImages(parts.item.images, chosen).map((image) => toImage(image, parts.pictures)),
    availability: toAvailability(stock, { since: parts.updated_at, stockAt }),
  };
};
