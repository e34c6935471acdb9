import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalogApi } from '@hemline/contracts';
import fc from 'fast-check';
import { type TestDatabase, testDatabase } from '../../../../libs/postgres/test/test-database.ts';
import { type Product, toContentHash, toProduct } from '../products/product.ts';
import { toRows } from '../products/product-rows.ts';
import { ProductsStore } from '../products/products.store.ts';
import { FacetsStore } from './facets.store.ts';
import { toFacets } from './facets.ts';
import { type Filter, listQuery } from './list-query.ts';
import { ListStore } from './list.store.ts';

let db: TestDatabase;
let lists: ListStore;
let facets: FacetsStore;

beforeAll(async () => {
  db = await testDatabase('catalog');
  lists = new ListStore(db.database);
  facets = new FacetsStore(db.database);
}, 60_000);
afterAll(() => db.close());

// The model: products and stock in memory, and the rules of filters and facets written as plainly as
// they can be. Whatever the database answers must be what it answers.

type Model = { readonly products: readonly Product[]; readonly stock: ReadonlyMap<string, number> };
type Part = 'category' | 'vendor' | `option ${string}`;

const holds = (chosen: readonly string[], has: readonly string[]): boolean =>
  chosen.length === 0 || chosen.some((value) => has.includes(value));

/** Whether a product is shown by a filter, leaving out what it says of one facet. */
const isShown = (
  product: Product,
  filter: Filter,
  { stock, without, value }: { stock: Model['stock']; without?: Part; value?: string },
): boolean =>
  product.published &&
  (without === 'category' || holds(filter.categories, product.category.paths)) &&
  (without === 'vendor' || holds(filter.vendors, [product.vendor])) &&
  product.variants.some((variant) => {
    const price = BigInt(variant.price.amount);
    return (
      (filter.minPrice === null || price >= filter.minPrice) &&
      (filter.maxPrice === null || price <= filter.maxPrice) &&
      (!filter.inStock || (stock.get(variant.sku) ?? 0) > 0) &&
      filter.options.every(
        ({ name, values }) =>
          without === `option ${name}` || values.includes(variant.options[name] ?? ''),
      ) &&
      (!without?.startsWith('option ') ||
        value === undefined ||
        variant.options[without.slice(7)] === value)
    );
  });

const modelFacets = ({ products, stock }: Model, filter: Filter): Record<string, number> => {
  const counts: Record<string, number> = {};
  const count = (part: Part, value: string, product: Product): void => {
    if (!isShown(product, filter, { stock, without: part, value })) return;
    const name = `${part}: ${value}`;
    counts[name] = (counts[name] ?? 0) + 1;
  };
  for (const product of products) {
    for (const path of product.category.paths) count('category', path, product);
    count('vendor', product.vendor, product);
    for (const { name, values } of product.options) {
      for (const value of values) count(`option ${name}`, value, product);
    }
  }
  return counts;
};

const colours = ['Red', 'Blue', 'Green'];
const sizes = ['S', 'M'];
const categories = ['Clothing', 'Clothing > Shirts', 'Clothing > Shirts > Linen', 'Home'];
const vendors = ['A', 'B'];

const someVariants = fc.uniqueArray(
  fc.record({
    Colour: fc.constantFrom(...colours),
    Size: fc.constantFrom(...sizes),
    price: fc.integer({ min: 1, max: 5 }),
    stock: fc.option(fc.integer({ min: -1, max: 2 })),
  }),
  { minLength: 1, maxLength: 4, selector: ({ Colour, Size }) => Colour + Size },
);
const someProduct = fc.record({
  category: fc.constantFrom(...categories),
  vendor: fc.constantFrom(...vendors),
  title: fc.constantFrom('Linen shirt', 'Oak stool', 'linen napkin', 'Étui'),
  published: fc.integer({ max: 9, min: 0 }).map((n) => n > 0),
  variants: someVariants,
});
const someQuery = fc.record(
  {
    category: fc.subarray(['clothing', 'clothing/shirts', 'home', 'nowhere']),
    vendor: fc.subarray([...vendors, 'C']),
    'option.Colour': fc.subarray([...colours, 'Pink']),
    'option.Size': fc.subarray(sizes),
    'option.Fit': fc.constant(''),
    inStock: fc.constantFrom('true', 'false'),
    minPrice: fc.constantFrom('0', '2', '3'),
    maxPrice: fc.constantFrom('3', '4', '9'),
  },
  { requiredKeys: [] },
);

const store = async (
  specs: readonly (typeof someProduct extends fc.Arbitrary<infer T> ? T : never)[],
): Promise<Model> => {
  const stock = new Map<string, number>();
  const products = specs.map(({ variants, ...spec }, i) => {
    const skus = variants.map((_, j) => `sku-${i}-${j}`);
    variants.forEach(({ stock: units }, j) => {
      if (units !== null) stock.set(skus[j] ?? '', units);
    });
    return toProduct(
      `p${i}`,
      catalogApi.productInput.parse({
        ...spec,
        options: [
          { name: 'Colour', values: colours },
          { name: 'Size', values: sizes },
        ],
        variants: variants.map(({ Colour, Size, price }, j) => ({
          sku: skus[j],
          options: { Colour, Size },
          price: { amount: String(price), currency: 'EUR' },
        })),
      }),
    );
  });
  const writer = new ProductsStore();
  await db.database.transaction(async (tx) => {
    await tx.query({ text: 'delete from products' });
    await tx.query({ text: 'delete from stock_copies' });
    await tx.query({
      text: 'insert into stock_copies select sku, available, now() from unnest($1::text[], $2::int[]) as s (sku, available)',
      values: [[...stock.keys()], [...stock.values()]],
    });
    for (const product of products) {
      const id = crypto.randomUUID();
      const rows = toRows(id, product, new Map());
      await writer.save(tx, { id, version: 1, contentHash: toContentHash(product), product, rows });
      await writer.saveVariants(tx, id, rows.variants);
    }
  });
  return { products, stock };
};

type Seen = { readonly handle: string; readonly title: string; readonly price: bigint };

/** Sorting is stable, so what is in order already stays as it is. */
const titles = ['Étui', 'linen napkin', 'Linen shirt', 'Oak stool'];
const comparisons: Record<catalogApi.ProductSort, (a: Seen, b: Seen) => number> = {
  relevance: () => 0,
  newest: () => 0,
  price: (a, b) => Number(a.price - b.price),
  '-price': (a, b) => Number(b.price - a.price),
  title: (a, b) => titles.indexOf(a.title) - titles.indexOf(b.title),
};

describe('lists and facets', () => {
  it('are what the rules say, for any products and any query', async () => {
    const world = fc.tuple(
      fc.array(someProduct, { maxLength: 12 }),
      fc.array(someQuery, { minLength: 12, maxLength: 12 }),
    );
    await fc.assert(
      fc.asyncProperty(world, async ([specs, queries]) => {
        const model = await store(specs);
        for (const each of queries) {
          const query = listQuery.parse(each);
          const shown = model.products.filter((product) => isShown(product, query.filter, model));
          const page = await lists.findPage({ ...query, limit: 100 }, null);
          expect(page.map(({ item }) => item.handle).toSorted()).toEqual(
            shown.map(({ handle }) => handle).toSorted(),
          );
          const counted = toFacets(await facets.count(query.filter, null), query.filter);
          expect(counted.total).toBe(shown.length);
          const counts = counted.facets.flatMap(({ name, parameter, values }) =>
            values
              .filter(({ count }) => count > 0)
              .map(({ value, count }) => [
                `${parameter === name ? '' : 'option '}${name}: ${value}`,
                count,
              ]),
          );
          expect(Object.fromEntries(counts)).toEqual(modelFacets(model, query.filter));
        }
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('show every product once, in order, page by page, whatever the order and the size of a page', async () => {
    const world = fc.tuple(
      fc.array(someProduct, { maxLength: 20 }),
      fc.constantFrom<catalogApi.ProductSort>('newest', 'price', '-price', 'title', 'relevance'),
      fc.integer({ min: 1, max: 6 }),
    );
    const terms = { typed: `'linen':*`, meant: `'linen':*` };
    await fc.assert(
      fc.asyncProperty(world, async ([specs, sort, limit]) => {
        const { products, stock } = await store(specs);
        const search = sort === 'relevance' ? terms : null;
        const { filter } = listQuery.parse({});
        const shown = products.filter(
          (product) =>
            isShown(product, filter, { stock }) &&
            (!search || /linen/i.test(product.title + product.category.titles.join())),
        );
        const seen: Seen[] = [];
        let after: { key: string; id: string } | null = null;
        for (let more = true; more;) {
          const rows = await lists.findPage({ filter, sort, limit, after }, search);
          for (const { item } of rows.slice(0, limit)) {
            seen.push({
              handle: item.handle,
              title: item.title,
              price: BigInt(item.priceRange.min.amount),
            });
          }
          const last = rows[limit - 1];
          more = rows.length > limit;
          after = last ? { key: last.sort_key, id: last.id } : null;
        }
        expect(seen.map(({ handle }) => handle).toSorted()).toEqual(
          shown.map(({ handle }) => handle).toSorted(),
        );
        expect(seen.toSorted(comparisons[sort])).toEqual(seen);
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
