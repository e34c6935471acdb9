import { randomUUID } from 'node:crypto';
import { hashToken } from '@hemline/auth';
import type { Queryable } from '@hemline/postgres';
import * as checkout from '../src/checkout/checkout.store.ts';
import type { KeyClaim } from '../src/checkout/idempotency.ts';
import { anAddress } from './builders.ts';

export const limits: checkout.Limits = { holdMs: 60_000, pspTimeoutMs: 1000 };

export const aClaim = (more: Partial<KeyClaim> = {}): KeyClaim => ({
  scope: 'POST /orders',
  key: randomUUID(),
  fingerprint: Buffer.from('one'),
  lockToken: randomUUID(),
  leaseMs: 30_000,
  ...more,
});

/** One line of `sku` at 59.00, delivered for 4.90. */
export const aNewOrder = (more: Partial<checkout.NewOrder> = {}): checkout.NewOrder => {
  const id = more.id ?? randomUUID();
  return {
    id,
    tokenHash: hashToken(id),
    cart: { id: randomUUID(), version: 1 },
    currency: 'EUR',
    email: 'ada@example.org',
    shippingAddress: anAddress,
    paymentMethod: 'pm_card_visa',
    returnUrl: null,
    lines: [
      { sku: 'shirt', title: 'Shirt', quantity: 1, unitPrice: 5900n, total: 5900n, tax: 1103n },
    ],
    subtotal: 5900n,
    delivery: 490n,
    total: 6390n,
    tax: 1195n,
    deliveryTax: 92n,
    ...more,
  };
};

export const setStock = async (db: Queryable, sku: string, onHand: number): Promise<void> => {
  await db.query({
    text: `insert into stock (sku, on_hand) values ($1, $2)
           on conflict (sku) do update set on_hand = $2, held = 0, allocated = 0`,
    values: [sku, onHand],
  });
};

export const readRow = async <Row extends object>(
  db: Queryable,
  text: string,
  ...values: unknown[]
): Promise<Row> => {
  const { rows } = await db.query<Row & Record<string, unknown>>({ text, values });
  if (!rows[0]) throw new Error(`no row: ${text}`);
  return rows[0];
};
