import sharp from 'sharp';
import { forEachAtMost } from '../../infra/local/src/goods/concurrency.ts';
import type { BackOffice, ProductInput } from '../../infra/local/src/backoffice.ts';

/** A thousand products, each with four variants and pictures that many share. */

export const productCount = 1000;
export const stockPerSku = 1_000_000;
const atOnce = 8;

const kinds = ['Shirt', 'Dress', 'Coat', 'Skirt', 'Trousers', 'Jumper', 'Scarf', 'Jacket'] as const;
const cloths = ['Linen', 'Cotton', 'Wool', 'Silk', 'Denim', 'Tweed', 'Jersey', 'Corduroy'] as const;
const cuts = ['Relaxed', 'Straight', 'Cropped', 'Long', 'Boxy', 'Slim'] as const;
const colours = ['Indigo', 'Chalk', 'Moss', 'Rust', 'Ink', 'Sand'] as const;
const vendors = ['Atelier Nord', 'Common Thread', 'Selvedge', 'Harbour & Co'] as const;
const sizes = ['S', 'M'] as const;

const pick = <T>(values: readonly T[], index: number): T => {
  const value = values[index % values.length];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
};

export const handleOf = (n: number): string => `bench-product-${String(n).padStart(4, '0')}`;

export const skusOf = (n: number): string[] =>
  [0, 1].flatMap((colour) => sizes.map((size) => `BENCH-${n}-${colour}-${size}`));

const toProduct = (n: number, imageIds: readonly string[]): ProductInput => {
  const kind = pick(kinds, n);
  const title = `${pick(cuts, n)} ${pick(cloths, Math.floor(n / 8))} ${kind} ${n}`;
  const own = [pick(colours, n), pick(colours, n + 1)];
  const price = { amount: String(1900 + (n % 90) * 100), currency: 'EUR' };
  return {
    title,
    vendor: pick(vendors, n),
    category: `Clothing > ${kind}s`,
    tags: ['bench'],
    descriptionHtml: `<p>${`${title} is made to be worn, washed and worn again. `.repeat(6)}</p>`,
    published: true,
    options: [
      { name: 'Colour', values: own },
      { name: 'Size', values: [...sizes] },
    ],
    variants: skusOf(n).map((sku, i) => ({
      sku,
      options: { Colour: pick(own, Math.floor(i / 2)), Size: pick(sizes, i) },
      price,
    })),
    images: own.map((colour, i) => ({
      id: pick(imageIds, n + i),
      alt: `${title} in ${colour}`,
      options: { Colour: colour },
    })),
  };
};

const drawPicture = (hue: number): Promise<Buffer> =>
  sharp({
    create: { width: 640, height: 800, channels: 3, background: { r: hue, g: 120, b: 160 } },
  })
    .jpeg()
    .toBuffer();

/** Brings them in through the services' HTTP interfaces. */
export const bringGoods = async (office: BackOffice): Promise<void> => {
  const imageIds: string[] = [];
  for (const hue of [40, 90, 140, 190]) {
    imageIds.push((await office.putImage(await drawPicture(hue), 'image/jpeg')).id);
  }
  const numbers = Array.from({ length: productCount }, (_, n) => n);
  await forEachAtMost(atOnce, numbers, async (n) => {
    await office.putProduct(handleOf(n), toProduct(n, imageIds));
  });
  await forEachAtMost(atOnce, numbers.flatMap(skusOf), (sku) => office.putStock(sku, stockPerSku));
};
