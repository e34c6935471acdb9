import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isCheckViolation } from '@hemline/postgres';
import { Client } from 'pg';
import { type TestDatabase, testDatabase } from '../../../../libs/postgres/test/test-database.ts';
import { aClaim, aNewOrder, limits, readRow, setStock } from '../../test/rows.ts';
import * as checkout from '../checkout/checkout.store.ts';
import { captureTransfer, partsOf, refundTransfer, reversalTransfer } from '../ledger/transfer.ts';
import * as payments from '../payments/payments.store.ts';
import type { StaffAction } from '../staff-actions/staff-actions.store.ts';
import * as store from './refunds.store.ts';

let db: TestDatabase;

beforeAll(async () => {
  db = await testDatabase('payments');
  await setStock(db.database, 'shirt', 1000);
}, 60_000);
afterAll(() => db.close());

const nothing = { events: '[]', traceparent: null, answer: '{}' };

/** An order of one shirt, paid, unless told otherwise. */
const pay = async (more: Partial<checkout.NewOrder> = {}): Promise<checkout.NewOrder> => {
  const order = aNewOrder(more);
  await checkout.place(db.database, aClaim(), order, limits);
  const orderId = order.id;
  const intentId = `pi_${orderId}`;
  await db.database.transaction(async (tx) => {
    await payments.authorise(tx, { orderId, intentId, attempt: 1, leaseMs: 1000, ...nothing });
    const transfer = captureTransfer(order, intentId);
    await payments.capture(tx, { orderId, transfer, events: '[]' });
  });
  return order;
};

const action = (orderId: string): StaffAction => ({
  actor: 'mira',
  role: 'support',
  action: 'refund_requested',
  order_id: orderId,
  detail: { amount: '6390', reason: 'came back' },
});

const aRefund = (
  order: checkout.NewOrder,
  more: Partial<store.NewRefund> = {},
): store.NewRefund => ({
  id: randomUUID(),
  orderId: order.id,
  currency: 'EUR',
  amount: 6390n,
  parts: partsOf(order),
  lines: [{ sku: 'shirt', quantity: 1 }],
  includesDelivery: true,
  restock: true,
  reason: 'came back',
  requestedBy: 'mira',
  status: 'requested',
  ...more,
});

const request = (refund: store.NewRefund): Promise<boolean> =>
  db.database.transaction((tx) =>
    store.request(tx, refund, { action: action(refund.orderId), events: '[]', answer: '{}' }),
  );

const stepOf = (order: checkout.NewOrder, refund: store.NewRefund): store.Step => ({
  orderId: order.id,
  order: 'refunded',
  payment: 'refunded',
  refundId: refund.id,
  status: 'succeeded',
  pspRefundId: `re_${refund.id}`,
  failure: null,
  accepts: true,
  transfers: [
    refundTransfer({ orderId: order.id, currency: 'EUR' }, `re_${refund.id}`, refund.parts),
  ],
  restocked: refund.lines ?? [],
  events: '[]',
  eventCount: 0,
  traceparent: null,
});

const record = (step: store.Step): Promise<void> =>
  db.database.transaction((tx) => store.record(tx, step));

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const stock = () =>
  readRow<{ allocated: number; version: number }>(
    db.database,
    `select allocated, version from stock where sku = 'shirt'`,
  );

describe('T8 and T9', () => {
  it('give back, post, and put the goods on the shelf, as one, and once', async () => {
    const order = await pay();
    const refund = aRefund(order);
    await request(refund);
    expect(await store.markSent(db.database, order.id)).toMatchObject([
      { id: refund.id, wasSent: false, isKeyAlive: true, isKeyForgotten: false },
    ]);
    expect(await store.markSent(db.database, order.id)).toMatchObject([{ wasSent: true }]);
    const before = await stock();
    await record(stepOf(order, refund));
    await record(stepOf(order, refund));
    expect((await stock()).allocated).toBe(before.allocated - 1);
    const { n, sum } = await readRow<{ n: number; sum: bigint }>(
      db.database,
      `select count(distinct t.id)::int as n, sum(e.amount_minor)::bigint as sum
       from ledger_transfers t join ledger_entries e on e.transfer_id = t.id
       where t.order_id = $1 and t.kind = 'refund'`,
      order.id,
    );
    expect({ n, sum }).toEqual({ n: 1, sum: 0n });
    expect(await store.markSent(db.database, order.id)).toEqual([]);
  });

  it('turn the books back when it fails, but leave the goods where they are', async () => {
    const order = await pay();
    const refund = aRefund(order);
    await request(refund);
    await store.markSent(db.database, order.id);
    await record(stepOf(order, refund));
    const before = await stock();
    const posting = { orderId: order.id, currency: 'EUR' };
    await record({
      ...stepOf(order, refund),
      order: 'paid',
      payment: 'captured',
      status: 'failed',
      failure: 'the bank sent it back',
      accepts: false,
      transfers: [reversalTransfer(posting, `re_${refund.id}`, refund.parts)],
      restocked: [],
    });
    expect(await stock()).toEqual(before);
    const again = aRefund(order);
    await request(again);
    await store.markSent(db.database, order.id);
    await record(stepOf(order, again));
    expect(await stock()).toEqual(before);
  });

  it('bring goods back that are not back yet, and no more of them', async () => {
    const line = { sku: 'shirt', title: 'Shirt', quantity: 2, unitPrice: 5900n };
    const totals = { subtotal: 11_800n, delivery: 0n, total: 11_800n, tax: 2207n, deliveryTax: 0n };
    const order = await pay({ ...totals, lines: [{ ...line, total: 11_800n, tax: 2207n }] });
    const before = await stock();
    const giveBack = async (quantity: number): Promise<void> => {
      const parts = { sales: 1n, delivery: 0n, tax: 0n };
      const lines = [{ sku: 'shirt', quantity }];
      const refund = aRefund(order, { amount: 1n, parts, lines });
      await request(refund);
      await store.markSent(db.database, order.id);
      await record({ ...stepOf(order, refund), order: 'part_refunded', payment: 'captured' });
    };
    await giveBack(1);
    expect((await stock()).allocated).toBe(before.allocated - 1);
    // As if the first had failed after its goods were back, and both were given back anew.
    await giveBack(2);
    expect((await stock()).allocated).toBe(before.allocated - 2);
  });

  it('of a key that is another’s by now change the key once', async () => {
    const order = await pay();
    const refund = aRefund(order);
    await request(refund);
    const [due] = await store.markSent(db.database, order.id);
    const renew = () =>
      db.database.transaction((tx) => store.renewKey(tx, due as store.DueRefund, action(order.id)));
    const renewed = await Promise.all([renew(), renew()]);
    expect(renewed.filter(Boolean)).toEqual([`rf:${refund.id}:2`]);
  });
});

describe('the database', () => {
  it('refuses refunds above what was captured, whoever asks', async () => {
    const order = await pay();
    await request(
      aRefund(order, { amount: 6000n, parts: { sales: 6000n, delivery: 0n, tax: 0n } }),
    );
    const parts = { sales: 391n, delivery: 0n, tax: 0n };
    const error = await refusal(request(aRefund(order, { amount: 391n, parts })));
    expect(isCheckViolation(error, 'refunds_within_captured')).toBe(true);
    await request(aRefund(order, { amount: 390n, parts: { ...parts, sales: 390n } }));
  });

  it('refuses parts that are not the whole', async () => {
    const order = await pay();
    const error = await refusal(request(aRefund(order, { amount: 6389n })));
    expect(isCheckViolation(error, 'refunds_parts_check')).toBe(true);
  });

  it('refuses that one person confirms her own', async () => {
    const order = await pay();
    const refund = aRefund(order, { status: 'awaiting_approval' });
    await request(refund);
    const settle = (status: 'requested' | 'rejected', decidedBy: string): Promise<void> =>
      db.database.transaction((tx) =>
        store.settleApproval(tx, {
          orderId: order.id,
          refundId: refund.id,
          status,
          decidedBy,
          action: action(order.id),
          events: '[]',
        }),
      );
    const error = await refusal(settle('requested', 'mira'));
    expect(isCheckViolation(error, 'refunds_two_persons_check')).toBe(true);
    await settle('requested', 'noor');
  });
});

describe('the record of what staff did', () => {
  type Row = {
    seq: bigint;
    at: bigint;
    actor: string;
    role: string;
    action: string;
    order_id: string;
    detail: string;
    previous_hash: Buffer;
    hash: Buffer;
  };
  const read = async (): Promise<Row[]> =>
    (
      await db.database.query<Row>({
        text: `select seq, (extract(epoch from at) * 1000000)::bigint as at, actor, role, action,
                 order_id::text, detail::text, previous_hash, hash from staff_actions order by seq`,
      })
    ).rows;
  const faults = async (): Promise<number[]> =>
    (
      await db.database.query<{ seq: bigint }>({ text: 'select seq from staff_action_faults' })
    ).rows.map(({ seq }) => Number(seq));

  it('is a chain that anyone can check with SHA-256', async () => {
    const order = await pay();
    const parts = { sales: 1n, delivery: 0n, tax: 0n };
    await Promise.all(
      Array.from({ length: 12 }, () =>
        request(aRefund(order, { amount: 1n, parts, lines: null, restock: false })),
      ),
    );
    const rows = await read();
    let previous: Buffer = Buffer.alloc(0);
    for (const row of rows) {
      const { seq, at, actor, role, action: what, order_id: id, detail } = row;
      const text = [seq, at, actor, role, what, id, detail].join('\n');
      expect(row.previous_hash).toEqual(previous);
      expect(row.hash).toEqual(createHash('sha256').update(previous).update(text).digest());
      previous = row.hash;
    }
    expect(rows.map(({ seq }) => Number(seq))).toEqual(rows.map((_, i) => i + 1));
    expect(await faults()).toEqual([]);
  });

  const asOwner = async (...texts: string[]): Promise<unknown> => {
    const client = new Client({ connectionString: db.ownerUrl });
    await client.connect();
    try {
      for (const text of texts) await client.query(text);
      return undefined;
    } catch (error) {
      return error;
    } finally {
      await client.end();
    }
  };

  it.each([
    'update staff_actions set actor = actor',
    'delete from staff_actions',
    'truncate staff_actions',
  ])('cannot be rewritten, even by the owner of the table: %s', async (text) => {
    expect(await asOwner(text)).toMatchObject({ code: '42501' });
  });

  it.each([
    ['changed', `update staff_actions set detail = '{"amount": "1"}' where seq = 5`, [5]],
    ['taken out', 'delete from staff_actions where seq = 7', [8]],
  ])('shows where a row was %s by one who switched its guard off', async (_, text, expected) => {
    await asOwner(
      'begin',
      'alter table staff_actions disable trigger staff_actions_append_only',
      text,
      'alter table staff_actions enable trigger staff_actions_append_only',
      'commit',
    );
    expect(await faults()).toEqual(expect.arrayContaining(expected));
  });
});
