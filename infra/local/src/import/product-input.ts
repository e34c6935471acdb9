import type { catalogApi } from '@hemline/contracts';
import type { ProductInput } from '../backoffice.ts';
import type { Draft } from './draft/draft.ts';
import { type Picture, toPictureOptions } from './draft/pictures.ts';
import type { Issue } from './shopify/rows.ts';
import type { Variant } from './draft/variants.ts';

/** A photo that the shop has. */
export interface FoundPicture extends Picture {
  readonly id: string;
}

export interface Surroundings {
  /** As the shop has it so far. */
  readonly former: catalogApi.Product | undefined;
  /** Undefined where nobody looked for photos. */
  readonly pictures: readonly FoundPicture[] | undefined;
}

type Images = NonNullable<ProductInput['images']>;
type InputVariant = ProductInput['variants'][number];

/** The product as catalog takes it. Variants of the draft come first, in their order. */
export function toInput(draft: Draft, { former, pictures }: Surroundings): ProductInput {
  const { title, vendor, category, tags, descriptionHtml, published } = draft;
  const variants = [...draft.variants.map(toInputVariant), ...findKept(draft, former)];
  const options = draft.optionNames.map((name) => {
    const values = variants.flatMap((variant) => variant.options?.[name] ?? []);
    return { name, values: [...new Set(values)] };
  });
  const images = pictures
    ? pictures.map(({ id, src, alt }) => {
        const shown = toPictureOptions(src, draft.variants, options);
        return { id, alt: (alt || title).slice(0, 512), ...(shown && { options: { ...shown } }) };
      })
    : keepImages(former, options);
  return {
    title,
    vendor,
    category,
    tags: [...tags],
    descriptionHtml,
    published,
    options,
    variants,
    images,
  };
}

const toInputVariant = ({ sku, options, price, compareAt }: Variant): InputVariant => ({
  sku,
  options: { ...options },
  price,
  ...(compareAt && { compareAt }),
});

/** A row that could not be read changes nothing: what it may have told of stays as it is. */
function findKept(draft: Draft, former: Surroundings['former']): InputVariant[] {
  if (!draft.isPartial || !former) return [];
  const choiceOf = (options: Readonly<Record<string, string>>) =>
    JSON.stringify(draft.optionNames.map((name) => options[name]));
  const skus = new Set(draft.variants.map(({ sku }) => sku));
  const choices = new Set(draft.variants.map(({ options }) => choiceOf(options)));
  const hasOptions = ({ options }: catalogApi.Variant) =>
    Object.keys(options).sort().join('\n') === draft.optionNames.toSorted().join('\n');
  return former.variants
    .filter((variant) => !skus.has(variant.sku) && !choices.has(choiceOf(variant.options)))
    .filter(hasOptions)
    .map(({ sku, options, price, compareAt }) => ({
      sku,
      options,
      price,
      ...(compareAt && { compareAt }),
    }));
}

function keepImages(former: Surroundings['former'], options: ProductInput['options'] = []): Images {
  const isKnown = ([name, value]: [string, string]) =>
    options.some((option) => option.name === name && option.values.includes(value));
  return (former?.images ?? []).map(({ id, alt, options: shown }) => ({
    id,
    alt,
    ...(shown && Object.entries(shown).every(isKnown) && { options: shown }),
  }));
}

/** What became of a variant in catalog, by what it was before. */
export function compareVariant(
  variant: Variant,
  former: Surroundings['former'],
): 'new' | 'changed' | 'unchanged' {
  const before = former?.variants.find(({ sku }) => sku === variant.sku);
  if (!before) return 'new';
  return factsOf(before) === factsOf(variant) ? 'unchanged' : 'changed';
}

/** Members may come over the wire in any order. */
const factsOf = ({
  options,
  price,
  compareAt,
}: Pick<catalogApi.Variant, 'options' | 'price' | 'compareAt'>): string =>
  JSON.stringify([
    Object.keys(options)
      .sort()
      .map((name) => [name, options[name]]),
    [price.amount, price.currency],
    [compareAt?.amount, compareAt?.currency],
  ]);

const columnsOf: Readonly<Record<string, string>> = {
  title: 'Title',
  vendor: 'Vendor',
  category: 'Type',
  tags: 'Tags',
  descriptionHtml: 'Body (HTML)',
  published: 'Published',
};

const variantColumns: Readonly<Record<string, string>> = {
  sku: 'Variant SKU',
  options: 'Option1 Value',
  price: 'Variant Price',
  compareAt: 'Variant Compare At Price',
};

/** Where in the file that stands which catalog points at in the product. */
export function toIssue(
  { pointer, detail }: { readonly pointer: string; readonly detail: string },
  draft: Draft,
  pictures: readonly FoundPicture[] = [],
): Issue {
  const [, field = '', index = '', part = ''] = pointer.split('/');
  const reason = detail;
  if (field === 'variants') {
    const line = draft.variants[Number(index)]?.line ?? draft.line;
    return { line, column: variantColumns[part] ?? 'Variant Price', reason };
  }
  if (field === 'images') {
    const line = pictures[Number(index)]?.line ?? draft.line;
    return { line, column: part === 'alt' ? 'Image Alt Text' : 'Image Src', reason };
  }
  if (field === 'options') {
    return { line: draft.line, column: `Option${Number(index) + 1} Name`, reason };
  }
  return { line: draft.line, column: columnsOf[field] ?? 'Handle', reason };
}
