import type { catalogApi } from '@hemline/contracts';
import { currencyExponent } from '@hemline/money';
import { toMajorUnits } from '../../goods/price.tsx';
import { categoryPath, imageUrl, productPath } from '../../layout/paths.ts';
import type { Shop } from '../../layout/shop.ts';

// schema.org's words for what the page shows, for search engines.

export const toStructuredProduct = (shop: Shop, product: catalogApi.Product): object => {
  const ordered = product.variants.toSorted((a, b) =>
    Number(BigInt(a.price.amount) - BigInt(b.price.amount)),
  );
  const [least, most] = [ordered[0], ordered.at(-1)];
  const isAvailable = product.variants.some(
    ({ availability }) => availability.state !== 'sold_out',
  );
  return {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: product.title,
    url: shop.publicUrl + productPath(product.handle),
    brand: { '@type': 'Brand', name: product.vendor },
    image: product.images.slice(0, 4).map(({ id }) => imageUrl(shop.imagesUrl, id, 1280, 'jpeg')),
    ...(least &&
      most && {
        offers: {
          '@type': 'AggregateOffer',
          priceCurrency: least.price.currency,
          lowPrice: toDecimal(least.price),
          highPrice: toDecimal(most.price),
          offerCount: product.variants.length,
          availability: `https://schema.org/${isAvailable ? 'InStock' : 'OutOfStock'}`,
        },
      }),
  };
};

const toDecimal = ({ amount, currency }: catalogApi.Variant['price']): string =>
  toMajorUnits(amount, currencyExponent(currency));

export const toBreadcrumbs = (shop: Shop, product: catalogApi.Product): object => ({
  '@context': 'https://schema.org',
  '@type': 'BreadcrumbList',
  itemListElement: [
    ...product.breadcrumbs.map(({ path, title }) => ({ name: title, item: categoryPath(path) })),
    { name: product.title, item: productPath(product.handle) },
  ].map(({ name, item }, i) => ({
    '@type': 'ListItem',
    position: i + 1,
    name,
    item: shop.publicUrl + item,
  })),
});
