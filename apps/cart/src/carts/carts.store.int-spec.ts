import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../../../../libs/postgres/test/test-database.ts';
import { aLine } from '../../test/builders.ts';
import type { Change } from './cart.ts';
import { type CartAccess, CartsStore } from './carts.store.ts';

const store = new CartsStore();
let db: TestDatabase;

beforeAll(async () => {
  db = await testDatabase('cart');
});
afterAll(() => db.close());

const newCart = async (): Promise<CartAccess> => {
  const access = { id: randomUUID(), tokenHash: randomBytes(32) };
  await store.create(db.database, access);
  return access;
};

const put = (access: CartAccess, change: Partial<Change> = {}) => {
  const { sku, quote } = aLine();
  return store.putLine(db.database, access, { kind: 'add', sku, quantity: 1, quote, ...change });
};

describe('a cart in PostgreSQL', () => {
  it('loses no quantity and no version when many add at once', async () => {
    const access = await newCart();
    const skus = ['a', 'b', 'c'];
    await Promise.all(
      Array.from({ length: 60 }, (_, i) => put(access, { sku: skus[i % 3] ?? 'a', quantity: 2 })),
    );
    const { cart } = (await store.find(db.database, access)) ?? {};
    expect(cart?.version).toBe(61);
    expect(cart?.lines.map(({ sku, quantity }) => [sku, quantity]).toSorted()).toEqual([
      ['a', 40],
      ['b', 40],
      ['c', 40],
    ]);
  });

  it('answers each of them with the cart that its own change made', async () => {
    const access = await newCart();
    const answers = await Promise.all(Array.from({ length: 30 }, () => put(access)));
    const seen = answers.map((answer) => [answer?.cart.version, answer?.cart.lines[0]?.quantity]);
    expect(seen.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0))).toEqual(
      Array.from({ length: 30 }, (_, i) => [i + 2, i + 1]),
    );
  });

  it('passes neither limit when many add at once', async () => {
    const access = await newCart();
    const more = await Promise.all(Array.from({ length: 40 }, () => put(access, { quantity: 3 })));
    expect(more.filter(Boolean)).toHaveLength(33);
    await Promise.all(Array.from({ length: 110 }, (_, i) => put(access, { sku: `sku-${i}` })));
    const { cart } = (await store.find(db.database, access)) ?? {};
    expect(cart?.lines).toHaveLength(100);
    expect(cart?.lines.find(({ sku }) => sku === 'shirt-m')?.quantity).toBe(99);
  });

  it('keeps the later of two quotes, and the place of a line', async () => {
    const access = await newCart();
    const { quote } = aLine();
    await put(access, { quote: { ...quote, iat: 20, price: '20' } });
    await put(access, { sku: 'hat' });
    await put(access, { quote: { ...quote, iat: 10, price: '10' } });
    const later = await put(access, {
      quote: { ...quote, iat: 20, price: '21' },
      kind: 'set',
      quantity: 1,
    });
    expect(later?.cart.lines.map(({ sku, quote: { price } }) => [sku, price])).toEqual([
      ['shirt-m', '21'],
      ['hat', '12900'],
    ]);
  });

  it.each<[string, Partial<Change>]>([
    ['another currency', { sku: 'hat', quote: { ...aLine().quote, currency: 'GBP' } }],
    ['another version', { versions: [1] }],
    ['a new line without a quote', { kind: 'set', sku: 'hat', quote: undefined }],
    ['a hundred of one', { kind: 'set', quantity: 100 }],
  ])('is left alone by a change with %s', async (_what, change) => {
    const access = await newCart();
    await put(access);
    expect(await put(access, change)).toBeUndefined();
    expect((await store.find(db.database, access))?.cart.version).toBe(2);
  });

  it('is seen and changed with its own token alone', async () => {
    const access = await newCart();
    await put(access);
    const stranger = { ...access, tokenHash: (await newCart()).tokenHash };
    expect(await store.find(db.database, stranger)).toBeUndefined();
    expect(await put(stranger)).toBeUndefined();
    const remove: Change = { kind: 'remove', sku: 'shirt-m' };
    expect(await store.removeLine(db.database, stranger, remove)).toBeUndefined();
    expect((await store.removeLine(db.database, access, remove))?.cart.lines).toEqual([]);
  });

  it('is a table that the app’s role cannot define', async () => {
    await expect(db.database.query({ text: 'drop table carts' })).rejects.toThrow(/must be owner/);
  });
});
