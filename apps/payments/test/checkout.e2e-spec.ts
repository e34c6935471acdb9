import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Shop, startPayments } from './started.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await startPayments();
  await shop.stock('shirt-m', 1000);
}, 60_000);

afterAll(() => shop.close());

describe('an order', () => {
  it('is authorised while the shopper waits, and paid a moment later', async () => {
    const placed = await shop.post(shop.order());
    expect(placed.status).toBe(201);
    const order = await shop.settled(placed.body);
    expect(order).toMatchObject({ status: 'paid', captured: { amount: '6390', currency: 'EUR' } });
  });
});
