import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Json, Shop } from './started.ts';

export const eur = (amount: bigint | number) => ({ amount: String(amount), currency: 'EUR' });

type Wish = { readonly quantity?: number | undefined; readonly paymentMethod?: string | undefined };

/** A paid order: so many shirts at 59.00, and 4.90 for the delivery of one. */
export const payFor = async (
  shop: Shop,
  { quantity = 1, paymentMethod = 'pm_card_visa' }: Wish = {},
): Promise<Json> => {
  const placed = await shop.post(shop.order({ quantity, paymentMethod }));
  expect(await shop.settled(placed.body)).toMatchObject({ status: 'paid' });
  return placed.body;
};

export const readRefunds = async (shop: Shop, orderId: string): Promise<Json> =>
  (await shop.send('GET', `/orders/${orderId}/refunds`, { token: shop.admin })).body;

/** The refunds of an order once each of them has a status of these. */
export const refundsUntil = async (
  shop: Shop,
  orderId: string,
  statuses: readonly string[],
): Promise<Json> => {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const found = await readRefunds(shop, orderId);
    const isThere = (found['items'] as Json[]).every(({ status }) => statuses.includes(status));
    if (isThere || Date.now() > deadline) return found;
    await sleep(40);
  }
};

/** The amounts that the provider gave back, by its own journal. */
export const givenBack = async (shop: Shop, orderId: string): Promise<number[]> =>
  (await shop.sandbox.journal(orderId))
    .filter(({ kind }) => kind === 'refund.created')
    .map(({ amount }) => amount);
