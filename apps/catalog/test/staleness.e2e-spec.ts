import { setTimeout as sleep } from 'node:timers/promises';
import { type catalogApi, events } from '@hemline/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aProduct, aVariant } from './builders.ts';
import { TestCatalog, eventually } from './catalog.ts';

let catalog: TestCatalog;
beforeAll(async () => {
  catalog = await TestCatalog.start();
});
afterAll(() => catalog.stop());

const tellStock = (sku: string, version: number, available: number): Promise<void> =>
  catalog.tell('payments', events.stockChanged, {
    subject: sku,
    version,
    data: { sku, onHand: available, held: 0, allocated: 0, available },
  });

type Seen = { readonly asOf: string; readonly etag: string; readonly state: string };

const see = async (handle: string): Promise<Seen> => {
  const { body, headers } = await catalog.get<catalogApi.Product>(`/products/${handle}`);
  const { asOf, state } = body.variants[0]?.availability ?? { asOf: '', state: '' };
  return { asOf, state, etag: headers.get('etag') ?? '' };
};

const seeState = (handle: string, state: string): Promise<Seen> =>
  eventually(
    () => see(handle),
    (seen) => seen.state === state,
  );

/** Says it and waits until the answers know it; older ones end by themselves. */
const sayAllTold = async (time: Date, handle: string): Promise<Seen> => {
  await catalog.sayAllTold('payments', time);
  const isSo = ({ asOf }: Seen): boolean => asOf === time.toISOString();
  return eventually(() => see(handle), isSo);
};

const metric = async (name: string): Promise<number> => {
  const text = await catalog.metrics();
  const line = text.split('\n').find((each) => each.startsWith(name) && each.includes('availab'));
  return Number(line?.split(' ').at(-1) ?? Number.NaN);
};

describe('availability that is read', () => {
  it('is right as of its commit, then as of payments’ last word, and its ETag stays', async () => {
    await catalog.put('bowl', aProduct({ variants: [aVariant('bowl')] }));
    await tellStock('bowl', 1, 9);
    const first = await seeState('bowl', 'in_stock');
    const later = await sayAllTold(new Date(Date.now() + 1000), 'bowl');
    expect(later.asOf > first.asOf).toBe(true);
    expect(later.etag).toBe(first.etag);
    const headers = { 'if-none-match': first.etag };
    expect((await catalog.get('/products/bowl', headers)).status).toBe(304);
    const { body } = await catalog.get<catalogApi.ProductList>('/products?limit=1');
    expect(body.items[0]?.availability.asOf).toBe(later.asOf);
    await tellStock('bowl', 2, 0);
    expect((await seeState('bowl', 'sold_out')).etag).not.toBe(first.etag);
  });

  it('stands still for what is parked, while all else goes on, and that is counted', async () => {
    for (const sku of ['cup', 'jug']) {
      await catalog.put(sku, aProduct({ variants: [aVariant(sku)] }));
      await tellStock(sku, 1, 9);
    }
    const before = await seeState('cup', 'in_stock');
    await tellStock('cup', 3, 0);
    const parked = 'parked_aggregates{topic="payments.stock",service="catalog"} 1';
    await eventually(
      () => catalog.metrics(),
      (text) => text.includes(parked),
    );
    expect(await catalog.metrics()).toContain(parked);
    const time = new Date(Date.now() + 2000);
    expect((await sayAllTold(time, 'jug')).asOf).toBe(time.toISOString());
    const stood = await see('cup');
    expect(stood.state).toBe('in_stock');
    expect(stood.asOf <= before.asOf).toBe(true);
  });

  it('tells how old it is, and was when it was read, also from memory', async () => {
    await catalog.sayAllTold('payments', new Date(Date.now() + 5000));
    await eventually(
      () => metric('copy_age_seconds{'),
      (age) => age === 0,
    );
    expect(await metric('copy_age_seconds{')).toBe(0);
    const reads = await metric('copy_age_when_read_seconds_count{');
    for (let i = 0; i < 5; i += 1) await see('jug');
    expect(await metric('copy_age_when_read_seconds_count{')).toBe(reads + 5);
    await sleep(5500);
    expect(await metric('copy_age_seconds{')).toBeGreaterThan(0.2);
  }, 20_000);
});
