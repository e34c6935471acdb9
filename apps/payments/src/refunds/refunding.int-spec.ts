import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Outbox } from '@hemline/messaging';
import { createLogger } from '@hemline/telemetry';
import { type TestDatabase, testDatabase } from '../../../../libs/postgres/test/test-database.ts';
import { aClaim, aNewOrder, limits, readRow, setStock } from '../../test/rows.ts';
import * as checkout from '../checkout/checkout.store.ts';
import { ApplyDispute } from '../disputes/apply-dispute.ts';
import type { PaymentGateway, RefundRequest, RefundResult } from '../gateway/payment-gateway.ts';
import { captureTransfer, partsOf } from '../ledger/transfer.ts';
import * as payments from '../payments/payments.store.ts';
import { ApplyRefundState } from './apply-refund-state.ts';
import type { RefundSnapshot } from './refund-outcome.ts';
import { Refunding } from './refunding.ts';
import * as store from './refunds.store.ts';

let db: TestDatabase;

beforeAll(async () => {
  db = await testDatabase('payments');
  await setStock(db.database, 'shirt', 1000);
}, 60_000);
afterAll(() => db.close());

const nothing = { events: '[]', traceparent: null, answer: '{}' };

/** A paid order, all of whose money is to be given back. */
const ask = async (): Promise<{ id: string; intentId: string; refundId: string }> => {
  const order = aNewOrder();
  await checkout.place(db.database, aClaim(), order, limits);
  const { id: orderId } = order;
  const [intentId, refundId] = [`pi_${orderId}`, randomUUID()];
  await db.database.transaction(async (tx) => {
    await payments.authorise(tx, { orderId, intentId, attempt: 1, leaseMs: 1000, ...nothing });
    const transfer = captureTransfer(order, intentId);
    await payments.capture(tx, { orderId, transfer, events: '[]' });
    await store.request(
      tx,
      {
        id: refundId,
        orderId,
        currency: 'EUR',
        amount: order.total,
        parts: partsOf(order),
        lines: null,
        includesDelivery: false,
        restock: false,
        reason: 'test',
        requestedBy: 'mira',
        status: 'requested',
      },
      {
        action: { actor: 'mira', role: 'admin', action: 'x', order_id: orderId, detail: {} },
        events: '[]',
        answer: '{}',
      },
    );
  });
  return { id: orderId, intentId, refundId };
};

/** A provider that answers as told, and remembers under which keys it was asked. */
const providerThat = (
  result: RefundResult,
  list: (refundId: string) => readonly RefundSnapshot[] | undefined,
  refundId: string,
) => {
  const keys: string[] = [];
  const gateway = {
    refund: async ({ key }: RefundRequest) => {
      keys.push(key);
      return result;
    },
    listRefunds: async () => list(refundId),
    listDisputes: async () => [],
  } as unknown as PaymentGateway;
  const logger = createLogger({ service: 'payments', level: 'silent' });
  const pass = (): void => {};
  const apply = new ApplyRefundState(new Outbox(), pass, logger);
  const refunding = new Refunding(
    db.database,
    gateway,
    pass,
    logger,
    apply,
    new ApplyDispute(pass, logger),
  );
  return { refunding, keys };
};

const madeAs =
  (status: RefundSnapshot['status']) =>
  (refundId: string): RefundSnapshot[] => [
    { pspRefundId: `re_${refundId}`, refundId, status, amount: 6390n, currency: 'EUR' },
  ];
const absent = (): RefundSnapshot[] => [];
const silent = (): undefined => undefined;

const refused: RefundResult = { kind: 'refused', code: 'charge_disputed' };
const lost: RefundResult = { kind: 'unknown', isKeySpent: false };
const spent: RefundResult = { kind: 'unknown', isKeySpent: true };

describe('a refund that was sent', () => {
  it.each<[string, RefundResult, Parameters<typeof providerThat>[1], string, number]>([
    ['and refused, but is there', refused, madeAs('succeeded'), 'succeeded', 1],
    ['and refused, and is not there', refused, absent, 'failed', 1],
    ['and refused, while the list does not answer', refused, silent, 'sent', 1],
    ['and not answered, but is there', lost, madeAs('pending'), 'pending', 1],
    ['and not answered, and is not there', lost, absent, 'sent', 1],
    [
      'under a key that can do nothing more, but is there',
      spent,
      madeAs('succeeded'),
      'succeeded',
      1,
    ],
    ['under a key that can do nothing more, and is not there', spent, absent, 'sent', 2],
    ['under such a key, while the list does not answer', spent, silent, 'sent', 1],
  ])('%s', async (_, result, list, status, keyNumber) => {
    const { refundId, ...order } = await ask();
    const { refunding, keys } = providerThat(result, list, refundId);
    await refunding.advance(order);
    expect(keys).toEqual([`rf:${refundId}`]);
    const row = await readRow<{ status: string; key_number: number }>(
      db.database,
      'select status, key_number from refunds where id = $1',
      refundId,
    );
    expect(row).toEqual({ status, key_number: keyNumber });
  });

  it('and has another key by now, is not given up for a refusal of the one before', async () => {
    const { refundId, ...order } = await ask();
    const refuse = (key: string): Promise<boolean> => {
      const logger = createLogger({ service: 'payments', level: 'silent' });
      const apply = new ApplyRefundState(new Outbox(), () => {}, logger);
      return apply.refuse(db.database, { orderId: order.id, refundId, key, code: 'refused' });
    };
    const { refunding } = providerThat(spent, absent, refundId);
    await refunding.advance(order);
    expect(await refuse(`rf:${refundId}`)).toBe(false);
    expect(await refuse(`rf:${refundId}:2`)).toBe(true);
  });

  it('is looked for before it is sent again, and sent again only if it is not there', async () => {
    const { refundId, ...order } = await ask();
    const first = providerThat(lost, absent, refundId);
    await first.refunding.advance(order);
    await first.refunding.advance(order);
    expect(first.keys).toEqual([`rf:${refundId}`, `rf:${refundId}`]);
    const away = providerThat(lost, silent, refundId);
    await away.refunding.advance(order);
    expect(away.keys).toEqual([]);
    const found = providerThat(lost, madeAs('succeeded'), refundId);
    await found.refunding.advance(order);
    expect(found.keys).toEqual([]);
  });
});
