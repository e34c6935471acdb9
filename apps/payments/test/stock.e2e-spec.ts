import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { events, paymentsApi } from '@hemline/contracts';
import { type Shop, startPayments } from './started.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await startPayments();
}, 60_000);

afterAll(() => shop.close(), 30_000);

const stockOf = async (sku: string): Promise<paymentsApi.Stock | undefined> => {
  const { body } = await shop.send('GET', `/stock?sku=${encodeURIComponent(sku)}`);
  return paymentsApi.stockList.parse(body).items[0];
};

describe('stock', () => {
  it('is set, read, and told of, each change once', async () => {
    expect((await shop.stock('Blüse /S+M #1', 5)).body).toMatchObject({ onHand: 5, version: 1 });
    expect((await shop.stock('Blüse /S+M #1', 5)).body).toMatchObject({ onHand: 5, version: 1 });
    expect((await shop.stock('Blüse /S+M #1', 7)).body).toMatchObject({ onHand: 7, version: 2 });
    expect(await stockOf('Blüse /S+M #1')).toEqual({
      sku: 'Blüse /S+M #1',
      onHand: 7,
      held: 0,
      allocated: 0,
      available: 7,
      version: 2,
    });
    const one = await shop.send('GET', `/stock?sku=${encodeURIComponent('Blüse /S+M #1')}`);
    expect(one.body).toMatchObject({ sku: 'Blüse /S+M #1', onHand: 7, available: 7, version: 2 });
    const none = await shop.send('GET', '/stock?sku=a&sku=b');
    expect(none.body).toEqual({ items: [] });
    expect((await shop.send('GET', '/stock')).status).toBe(400);
  });

  it('is not sold twice: 64 buyers of the last 10 make 10 orders, every time', async () => {
    for (let round = 0; round < 8; round += 1) {
      const sku = `last-${round}`;
      await shop.stock(sku, 10);
      const answers = await Promise.all(
        Array.from({ length: 64 }, () => shop.post(shop.order({ sku }))),
      );
      const placed = answers.filter(({ status }) => status === 201);
      const refused = answers.filter(({ status }) => status === 409);
      expect([placed.length, refused.length]).toEqual([10, 54]);
      expect(refused[0]?.body).toMatchObject({
        code: 'stock.insufficient',
        shortages: [{ sku, requested: 1, available: 0 }],
      });
      await Promise.all(placed.map(({ body }) => shop.settled(body)));
      expect(await stockOf(sku)).toMatchObject({
        onHand: 10,
        held: 0,
        allocated: 10,
        available: 0,
      });
    }
  }, 60_000);

  it('of many skus is held for baskets in any order without a deadlock', async () => {
    const skus = ['pair-a', 'pair-b', 'pair-c'];
    for (const sku of skus) await shop.stock(sku, 1000);
    const lines = skus.map((sku) => ({ quote: shop.signer.quote({ sku }), quantity: 1 }));
    const answers = await Promise.all(
      Array.from({ length: 48 }, (_, i) =>
        shop.post({
          ...shop.order(),
          lines: i % 2 === 0 ? lines : lines.toReversed(),
          expectedTotal: { amount: '17700', currency: 'EUR' },
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(48).fill(201));
  }, 30_000);

  it('that is short is named with what there is, and nothing of the basket is held', async () => {
    await shop.stock('plenty', 50);
    await shop.stock('scarce', 2);
    const answer = await shop.post({
      ...shop.order(),
      lines: [
        { quote: shop.signer.quote({ sku: 'plenty' }), quantity: 3 },
        { quote: shop.signer.quote({ sku: 'scarce' }), quantity: 3 },
        { quote: shop.signer.quote({ sku: 'unheard-of' }), quantity: 1 },
      ],
      expectedTotal: { amount: '41300', currency: 'EUR' },
    });
    expect(answer.status).toBe(409);
    expect(answer.body['shortages']).toEqual([
      { sku: 'scarce', requested: 3, available: 2 },
      { sku: 'unheard-of', requested: 1, available: 0 },
    ]);
    expect(await stockOf('plenty')).toMatchObject({ held: 0, version: 1 });
  });

  it('may not be set below what is promised', async () => {
    await shop.stock('promised', 3);
    const placed = await shop.post(shop.order({ sku: 'promised', quantity: 1 }));
    await shop.settled(placed.body);
    const answer = await shop.stock('promised', 0);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'stock.below_committed', held: 0, allocated: 1 });
    expect((await shop.stock('promised', 1)).body).toMatchObject({ available: 0 });
  });

  it('is told of version by version, in events that the contract knows', async () => {
    await shop.stock('told', 4);
    await shop.settled((await shop.post(shop.order({ sku: 'told' }))).body);
    const told = await shop.published('payments.stock', 'told');
    expect(told.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(told.map(({ data }) => events.stockChanged.schema.parse(data))).toEqual([
      { sku: 'told', onHand: 4, held: 0, allocated: 0, available: 4 },
      { sku: 'told', onHand: 4, held: 1, allocated: 0, available: 3 },
      { sku: 'told', onHand: 4, held: 0, allocated: 1, available: 3 },
    ]);
  });

  it('and orders are told of without a name, an address or a card', async () => {
    await shop.stock('private', 4);
    const placed = await shop.post(shop.order({ sku: 'private' }));
    await shop.settled(placed.body);
    const told = await shop.published('payments.orders', placed.body['id'], 3);
    expect(told.map(({ type }) => type)).toEqual([
      'payments.order.placed.v1',
      'payments.order.authorized.v1',
      'payments.order.paid.v1',
    ]);
    expect(told.map(({ version }) => version)).toEqual([1, 2, 3]);
    for (const secret of ['ada@', 'Ada', 'Quay', 'Galway', 'pm_card', placed.body['token']]) {
      expect(JSON.stringify(told)).not.toContain(secret);
    }
  });
});
