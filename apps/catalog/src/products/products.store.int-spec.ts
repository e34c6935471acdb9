import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalogApi } from '@hemline/contracts';
import { type TestDatabase, testDatabase } from '../../../../libs/postgres/test/test-database.ts';
import { SearchStore } from '../search/search.store.ts';
import { toContentHash, toProduct } from './product.ts';
import { toRows } from './product-rows.ts';
import { ProductsStore } from './products.store.ts';

let db: TestDatabase;
const store = new ProductsStore();

beforeAll(async () => {
  db = await testDatabase('catalog');
}, 60_000);
afterAll(() => db.close());

const save = async (handle: string, title: string, skus: readonly string[]): Promise<number> => {
  const input = {
    title,
    vendor: 'Hemline',
    category: 'Clothing',
    options: [{ name: 'No', values: skus }],
    variants: skus.map((sku) => ({
      sku,
      options: { No: sku },
      price: { amount: '100', currency: 'EUR' },
    })),
  };
  const product = toProduct(handle, catalogApi.productInput.parse(input));
  const id = crypto.randomUUID();
  return db.database.transaction(async (tx) => {
    await store.lock(tx, handle);
    await store.addPrices(
      tx,
      skus.map((sku) => ({ sku, version: 1, amount: '100', currency: 'EUR' })),
    );
    const rows = toRows(id, product, new Map());
    await store.save(tx, { id, version: 1, contentHash: toContentHash(product), product, rows });
    return store.saveVariants(tx, id, rows.variants);
  });
};

describe('stored products', () => {
  it('cannot take a variant from each other', async () => {
    expect(await save('first', 'Linen shirt', ['a', 'b'])).toBe(2);
    expect(await save('second', 'Flannel shirt', ['b', 'c'])).toBe(1);
    const skus = await db.database.transaction((tx) => store.findSkus(tx, ['a', 'b', 'c', 'd']));
    const [a, b, c, d] = skus.map(({ owner }) => owner);
    expect(a).toBe(b);
    expect(c).not.toBe(a);
    expect(d).toBeNull();
  });

  it('do not give one version of a price twice', async () => {
    const price = { sku: 'priced', version: 1, amount: '100', currency: 'EUR' };
    const add = () => db.database.transaction((tx) => store.addPrices(tx, [price]));
    expect([await add(), await add()]).toEqual([1, 0]);
  });

  it('lend their words to who mistypes them', async () => {
    const search = new SearchStore(db.database);
    expect(await search.findTerms('flanel shrit')).toEqual({
      typed: `'flanel' & 'shrit':*`,
      meant: `'flannel' & 'shirt':*`,
    });
    expect(await search.findTerms('xylophone')).toEqual({
      typed: `'xylophone':*`,
      meant: `'xylophone':*`,
    });
  });
});

describe('the role of the service', () => {
  it.each([
    ['drop table products'],
    ['create table mine (id int)'],
    ['update price_versions set price_minor = 1'],
    ['delete from price_versions'],
    ['delete from quote_keys'],
    ['update quote_keys set signs_from = now()'],
  ])('may not %s', async (text) => {
    await expect(db.database.query({ text })).rejects.toThrow(/permission denied|must be owner/);
  });
});
