import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { isCheckViolation, isUniqueViolation } from '@hemline/postgres';
import { type TestDatabase, testDatabase } from '../../../../libs/postgres/test/test-database.ts';
import { aClaim, aNewOrder, limits, readRow, setStock } from '../../test/rows.ts';
import * as checkout from '../checkout/checkout.store.ts';
import { captureTransfer } from '../ledger/transfer.ts';
import * as orders from '../orders/orders.store.ts';
import { transitions } from '../transitions.ts';
import * as store from './payments.store.ts';

let db: TestDatabase;

beforeAll(async () => {
  db = await testDatabase('payments');
}, 60_000);
afterAll(() => db.close());
beforeEach(() => setStock(db.database, 'shirt', 1000));

const place = async (): Promise<checkout.NewOrder> => {
  const order = aNewOrder();
  await checkout.place(db.database, aClaim(), order, limits);
  return order;
};

const nothing = { events: '[]', traceparent: null, answer: '{}' };

const authorise = (orderId: string, intentId = `pi_${orderId}`): Promise<boolean> =>
  db.database.transaction((tx) =>
    store.authorise(tx, { orderId, intentId, attempt: 1, leaseMs: 1000, ...nothing }),
  );

const stock = () =>
  readRow<{ held: number; allocated: number }>(
    db.database,
    `select held, allocated from stock where sku = 'shirt'`,
  );

const refusal = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('T4', () => {
  it('makes the held goods the order’s', async () => {
    const order = await place();
    expect(await stock()).toEqual({ held: 1, allocated: 0 });
    await authorise(order.id);
    expect(await stock()).toEqual({ held: 0, allocated: 1 });
  });

  it('takes an intent for one order only', async () => {
    const [first, second] = [await place(), await place()];
    await authorise(first.id, 'pi_shared');
    const error = await refusal(authorise(second.id, 'pi_shared'));
    expect(isUniqueViolation(error, 'payments_intent_id_key')).toBe(true);
  });
});

describe('T5', () => {
  it('pays the order and posts its transfer, once', async () => {
    const order = await place();
    await authorise(order.id);
    const transfer = captureTransfer(order, `pi_${order.id}`);
    const capture = (): Promise<void> =>
      db.database.transaction((tx) =>
        store.capture(tx, { orderId: order.id, transfer, events: '[]' }),
      );
    await capture();
    await capture();
    const entries = await readRow<{ n: number; sum: bigint }>(
      db.database,
      `select count(*)::int as n, sum(amount_minor)::bigint as sum from ledger_entries e
       join ledger_transfers t on t.id = e.transfer_id where t.order_id = $1`,
      order.id,
    );
    expect(entries).toEqual({ n: 4, sum: 0n });
  });
});

describe('T6 and T7', () => {
  it('free what was held, and what was allocated', async () => {
    const [held, allocated] = [await place(), await place()];
    await authorise(allocated.id);
    expect(await stock()).toEqual({ held: 1, allocated: 1 });
    for (const { id: orderId } of [held, allocated]) {
      const end = (order: 'cancelling' | 'cancelled', payment: 'voiding' | 'voided') =>
        db.database.transaction((tx) =>
          store.end(tx, { orderId, intentId: null, order, payment, reason: 'test', ...nothing }),
        );
      await end('cancelling', 'voiding');
      await end('cancelled', 'voided');
    }
    expect(await stock()).toEqual({ held: 0, allocated: 0 });
  });

  it('and T4 in the same instant: one of them happens, whichever has the order’s row first', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id: orderId } = await place();
      const step = async (isAuthorise: boolean): Promise<string> =>
        db.database.transaction(async (tx) => {
          const order = await orders.lock(tx, orderId);
          if (order?.orderStatus !== 'pending') return 'too late';
          if (isAuthorise) {
            const intentId = `pi_${orderId}`;
            await store.authorise(tx, { orderId, intentId, attempt: 1, leaseMs: 1, ...nothing });
            return 'authorised';
          }
          const to = { order: 'cancelling', payment: 'voiding' } as const;
          await store.end(tx, { orderId, intentId: null, reason: 'test', ...to, ...nothing });
          return 'stopped';
        });
      const results = await Promise.all([step(round % 2 === 0), step(round % 2 !== 0)]);
      expect(results.filter((result) => result === 'too late')).toHaveLength(1);
    }
  });
});

describe('the lock of an order', () => {
  it('shows the attempt that was begun while it was waited for', async () => {
    const order = await place();
    await db.database.transaction((tx) =>
      store.decline(tx, {
        orderId: order.id,
        intentId: 'pi_again',
        attempt: 1,
        declineCode: 'x',
        answer: '{}',
      }),
    );
    const locked = Promise.withResolvers<void>();
    const waiting = locked.promise.then(() =>
      db.database.transaction((tx) => orders.lock(tx, order.id)),
    );
    await db.database.transaction(async (tx) => {
      await orders.lock(tx, order.id);
      locked.resolve();
      await new Promise((resolve) => setTimeout(resolve, 50));
      const { email, shippingAddress } = order;
      const card = { paymentMethod: 'pm_2', returnUrl: null };
      const next = { orderId: order.id, attempt: 2, ...card, email, shippingAddress };
      await checkout.beginAttempt(tx, next, limits);
    });
    expect(await waiting).toMatchObject({
      attempt: 2,
      attemptStatus: 'sending',
      paymentMethod: 'pm_2',
      sentIntentId: 'pi_again',
    });
  });
});

describe('the database', () => {
  it.each(Object.entries(transitions))(
    'lets %s go from status to status exactly as the code does',
    async (table, edges) => {
      const { tgargs } = await readRow<{ tgargs: Buffer }>(
        db.database,
        'select tgargs from pg_trigger where tgname = $1',
        `${table}_status_transition`,
      );
      const inDatabase = tgargs.toString('utf8').split('\0').filter(Boolean);
      const inCode = Object.entries(edges).flatMap(([from, to]) =>
        (to as readonly string[]).map((each) => `${from}>${each}`),
      );
      expect(inDatabase.toSorted()).toEqual(inCode.toSorted());
    },
  );

  it('refuses a transition that is none', async () => {
    const { id } = await place();
    const jump = db.database.query({
      text: `update orders set status = 'paid' where id = $1`,
      values: [id],
    });
    expect(isCheckViolation(await refusal(jump), 'orders_status_transition')).toBe(true);
  });

  it('refuses a transfer that does not sum to zero per currency', async () => {
    const transfer = await readRow<{ id: string }>(
      db.database,
      `insert into ledger_transfers (id, kind, source_id)
       values (gen_random_uuid(), 'capture', 'unbalanced') returning id`,
    );
    const post = (...entries: [string, string, number][]): Promise<unknown> =>
      db.database.query({
        text: `insert into ledger_entries (transfer_id, entry_number, account_id, currency, amount_minor)
               select $1, row_number() over (), a, c, m
               from unnest($2::text[], $3::text[], $4::bigint[]) as e (a, c, m)`,
        values: [transfer.id, ...[0, 1, 2].map((i) => entries.map((entry) => entry[i]))],
      });
    for (const entries of [
      [['psp_clearing', 'EUR', 5]],
      [
        ['psp_clearing', 'EUR', 5],
        ['sales_revenue', 'USD', -5],
      ],
      [
        ['psp_clearing', 'EUR', 5],
        ['sales_revenue', 'EUR', -4],
      ],
    ] as [string, string, number][][]) {
      const error = await refusal(post(...entries));
      expect(isCheckViolation(error, 'ledger_entries_balance')).toBe(true);
    }
    expect(
      await refusal(post(['psp_clearing', 'EUR', 5], ['sales_revenue', 'EUR', -5])),
    ).toBeUndefined();
  });

  it.each([
    'update ledger_entries set amount_minor = 1',
    'delete from ledger_entries',
    'update ledger_transfers set kind = kind',
    'delete from ledger_transfers',
    'truncate ledger_entries',
    'insert into ledger_accounts (id, kind) values (1, 1)',
    'update order_lines set quantity = 1',
    'delete from orders',
    'create table mine (id int)',
    'alter table orders add column mine int',
    'drop table stock_holds',
    'alter table ledger_entries disable trigger all',
  ])('does not let the service %s', async (text) => {
    expect(await refusal(db.database.query({ text }))).toMatchObject({ code: '42501' });
  });

  it.each([
    ['more held than there is', `update stock set held = on_hand + 1`, 'stock_committed_check'],
    ['less than nothing held', `update stock set held = -1`, 'stock_held_check'],
    [
      'a total that does not add up',
      `update orders set delivery_minor = delivery_minor + 1`,
      'orders_total_check',
    ],
    [
      'more captured than was asked for',
      `update payments set captured_minor = amount_minor + 1`,
      'payments_captured_check',
    ],
  ])('refuses %s', async (_, text, constraint) => {
    await place();
    expect(isCheckViolation(await refusal(db.database.query({ text })), constraint)).toBe(true);
  });
});
