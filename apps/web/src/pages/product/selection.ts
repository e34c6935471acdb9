import type { catalogApi } from '@hemline/contracts';

type Options = Readonly<Record<string, string>>;

export type Choice = {
  readonly name: string;
  readonly chosen: string | undefined;
  readonly values: readonly {
    readonly value: string;
    readonly isChosen: boolean;
    /** With everything else as chosen: can be bought, is sold out, or is not made. */
    readonly state: 'available' | 'sold_out' | 'not_made';
    /** All options that the link to this value keeps. */
    readonly options: Options;
    /** A picture of this value, where one is told apart by it. */
    readonly image: catalogApi.ProductImage | undefined;
  }[];
};

export type Selection = {
  readonly options: Options;
  readonly choices: readonly Choice[];
  /** The one that can be put into the bag; undefined until all is chosen, or where it is not made. */
  readonly variant: catalogApi.Variant | undefined;
  /** Options that she has yet to choose. */
  readonly missing: readonly string[];
  /** Pictures of what is chosen. */
  readonly images: readonly catalogApi.ProductImage[];
};

/** Nobody's size can be guessed; a colour can, so that there is something to look at. */
const isAsked = (name: string): boolean => /size/i.test(name);

const fits = (variant: catalogApi.Variant, options: Options): boolean =>
  Object.entries(options).every(([name, value]) => variant.options[name] === value);

const isSoldOut = ({ availability }: catalogApi.Variant): boolean =>
  availability.state === 'sold_out';

/** What the address says, checked against the product, and completed where that is safe. */
const resolveOptions = (product: catalogApi.Product, asked: Options): Options => {
  const options: Record<string, string> = {};
  for (const { name, values } of product.options) {
    const given = asked[name];
    if (given !== undefined && values.includes(given)) options[name] = given;
  }
  for (const { name, values } of product.options) {
    if (options[name] !== undefined) continue;
    if (values.length === 1 && values[0] !== undefined) options[name] = values[0];
    else if (!isAsked(name)) {
      const candidates = product.variants.filter((variant) => fits(variant, options));
      const shown = candidates.find((variant) => !isSoldOut(variant)) ?? candidates[0];
      const value = shown?.options[name];
      if (value !== undefined) options[name] = value;
    }
  }
  return options;
};

export const select = (product: catalogApi.Product, asked: Options): Selection => {
  const options = resolveOptions(product, asked);
  const missing = product.options.map(({ name }) => name).filter((name) => !(name in options));
  const choices = product.options
    .filter(({ values }) => values.length > 1)
    .map(({ name, values }): Choice => ({
      name,
      chosen: options[name],
      values: values.map((value) => {
        const { [name]: _, ...others } = options;
        const withThis = { ...others, [name]: value };
        const fitting = product.variants.filter((variant) => fits(variant, withThis));
        return {
          value,
          isChosen: options[name] === value,
          state: fitting.length === 0 ? 'not_made' : stateOf(fitting),
          options: withThis,
          image: product.images.find((image) => image.options?.[name] === value),
        };
      }),
    }));
  const variant =
    missing.length === 0 ? product.variants.find((each) => fits(each, options)) : undefined;
  return { options, choices, variant, missing, images: imagesFor(product, options) };
};

const stateOf = (variants: readonly catalogApi.Variant[]): 'available' | 'sold_out' =>
  variants.every(isSoldOut) ? 'sold_out' : 'available';

const imagesFor = (
  { images }: catalogApi.Product,
  options: Options,
): readonly catalogApi.ProductImage[] => {
  const shown = images.filter((image) =>
    Object.entries(image.options ?? {}).every(
      ([name, value]) => options[name] === undefined || options[name] === value,
    ),
  );
  return (shown.length > 0 ? shown : images).slice(0, 8);
};
