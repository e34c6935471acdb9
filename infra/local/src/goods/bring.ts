import { BackOffice, Refused, type BackOfficeOptions, type ProductInput } from '../backoffice.ts';
import { demoGoods, rasterise, type DemoPicture, type DemoProduct } from '../demo/index.ts';
import { forEachAtMost } from './concurrency.ts';
import type { Report } from './demo-goods.ts';

/**
 * The process that draws the demo goods and brings them in: pictures, then the product that shows
 * them, then its stock, so that whatever a shopper sees is whole.
 */

/** Two cores draw while one picture is on its way. */
const PRODUCTS_AT_ONCE = 4;
const STOCKS_AT_ONCE = 8;

const counts = {
  pictures: { done: 0, all: demoGoods.flatMap(({ pictures }) => pictures).length },
  products: { done: 0, all: demoGoods.length },
};

const report = (message: Report) => process.send?.(message);

process.once('message', (options: BackOfficeOptions) => {
  bringAll(new BackOffice(options))
    .then(() => report({ kind: 'done' }))
    .catch((error: unknown) => report({ kind: 'failed', why: describe(error) }))
    .finally(() => process.disconnect());
});
process.once('disconnect', () => process.exit());

async function bringAll(office: BackOffice): Promise<void> {
  await forEachAtMost(PRODUCTS_AT_ONCE, demoGoods, (product) => bring(office, product));
}

async function bring(office: BackOffice, product: DemoProduct): Promise<void> {
  const images = [];
  for (const picture of product.pictures) {
    images.push(await bringPicture(office, picture));
    counts.pictures.done += 1;
    report({ kind: 'progress', ...counts });
  }
  await office.putProduct(product.handle, toInput(product, images));
  await forEachAtMost(STOCKS_AT_ONCE, product.variants, ({ sku, onHand }) =>
    office.putStock(sku, onHand),
  );
  counts.products.done += 1;
  report({ kind: 'progress', ...counts });
}

async function bringPicture(office: BackOffice, picture: DemoPicture) {
  const bytes = await rasterise(picture.svg());
  const { id } = await office.putImage(bytes, 'image/jpeg');
  return { id, alt: picture.alt, ...(picture.colour && { options: { Colour: picture.colour } }) };
}

function toInput(product: DemoProduct, images: NonNullable<ProductInput['images']>): ProductInput {
  const { title, vendor, category, tags, descriptionHtml, options, variants, published } = product;
  return {
    title,
    vendor,
    category: category.join(' > '),
    tags: [...tags],
    descriptionHtml,
    published,
    options: options.map(({ name, values }) => ({ name, values: [...values] })),
    variants: variants.map(({ sku, options: chosen, priceMinor, compareAtMinor }) => ({
      sku,
      options: chosen,
      price: euros(priceMinor),
      ...(compareAtMinor !== undefined && { compareAt: euros(compareAtMinor) }),
    })),
    images,
  };
}

const euros = (minor: bigint) => ({ amount: minor.toString(), currency: 'EUR' });

function describe(error: unknown): string {
  if (!(error instanceof Refused)) return error instanceof Error ? error.message : String(error);
  const faults = error.errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join(', ');
  return `${error.code}: ${error.message}${faults && ` (${faults})`}`;
}
