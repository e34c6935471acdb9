import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { events } from '@hemline/contracts';
import { type TestDatabase, testDatabase } from '../../../../libs/postgres/test/test-database.ts';
import { aClaim, aNewOrder, limits, readRow, setStock } from '../../test/rows.ts';
import * as store from './checkout.store.ts';
import * as keys from './idempotency-keys.store.ts';

let db: TestDatabase;

beforeAll(async () => {
  db = await testDatabase('payments');
}, 60_000);
afterAll(() => db.close());
beforeEach(() => setStock(db.database, 'shirt', 10));

const stock = (): Promise<{ held: number; version: number }> =>
  readRow(db.database, `select held, version from stock where sku = 'shirt'`);

const answer = (orderId: string) =>
  ({ status: 201, type: 'application/json', body: '{}', orderId }) as const;

describe('T1', () => {
  it('writes key, order, lines, hold, payment, first attempt and events in one statement', async () => {
    const order = aNewOrder();
    const before = await stock();
    const placed = await store.place(db.database, aClaim(), order, limits);
    expect(placed).toEqual({ isClaimed: true, isPlaced: true, shortages: [] });
    expect(await stock()).toEqual({ held: before.held + 1, version: before.version + 1 });
    const row = await readRow(
      db.database,
      `select o.status, o.version, p.status as payment, a.psp_key, a.status as attempt, h.status as hold
       from orders o join payments p on p.order_id = o.id
       join payment_attempts a on a.order_id = o.id join stock_holds h on h.order_id = o.id
       where o.id = $1`,
      order.id,
    );
    expect(row).toEqual({
      status: 'pending',
      version: 1,
      payment: 'confirming',
      psp_key: `cf:${order.id}:1`,
      attempt: 'sending',
      hold: 'active',
    });
    const { rows } = await db.database.query<{ type: string; data: unknown }>({
      text: `select type, data from outbox where aggregate_id in ($1, 'shirt')
             order by id desc limit 2`,
      values: [order.id],
    });
    const told = new Map(rows.map(({ type, data }) => [type, data]));
    events.orderPlaced.schema.parse(told.get(events.orderPlaced.type));
    events.stockChanged.schema.parse(told.get(events.stockChanged.type));
  });

  it('run again after a commit in doubt, keeps the key and places nothing twice', async () => {
    const [claim, order] = [aClaim(), aNewOrder()];
    await store.place(db.database, claim, order, limits);
    const before = await stock();
    const again = await store.place(db.database, claim, order, limits);
    expect(again).toMatchObject({ isClaimed: true, isPlaced: false });
    expect(await stock()).toEqual(before);
    const id = await db.database.transaction((tx) => store.lockByCart(tx, order.cart));
    expect(id).toBe(order.id);
  });

  it('with another’s key does nothing', async () => {
    const claim = aClaim();
    await store.place(db.database, claim, aNewOrder(), limits);
    const before = await stock();
    const other = { ...claim, lockToken: randomUUID() };
    const placed = await store.place(db.database, other, aNewOrder(), limits);
    expect(placed).toMatchObject({ isClaimed: false, isPlaced: false });
    expect(await stock()).toEqual(before);
  });

  it('adds up two lines of one sku before it asks whether there is enough', async () => {
    const [line] = aNewOrder().lines;
    if (!line) throw new Error('no line');
    const lines = [
      { ...line, quantity: 6, total: 35_400n },
      { ...line, quantity: 5, total: 29_500n },
    ];
    const order = aNewOrder({ lines, subtotal: 64_900n, delivery: 0n, total: 64_900n });
    const placed = await store.place(db.database, aClaim(), order, limits);
    expect(placed.shortages).toEqual([{ sku: 'shirt', requested: 11, available: 10 }]);
    expect(placed.isPlaced).toBe(false);
  });
});

describe('a key', () => {
  it('that another try has taken over no longer takes the answer of the first', async () => {
    const [claim, order] = [aClaim({ leaseMs: 1 }), aNewOrder()];
    await store.place(db.database, claim, order, limits);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await keys.find(db.database, claim)).toMatchObject({ isAbandoned: true });
    const next = { ...claim, lockToken: randomUUID(), leaseMs: 30_000 };
    expect(await keys.takeOver(db.database, next, claim.lockToken)).toBe(true);
    expect(await keys.takeOver(db.database, next, claim.lockToken)).toBe(false);
    expect(await keys.answer(db.database, claim, answer(order.id))).toBe(false);
    expect(await keys.answer(db.database, next, answer(order.id))).toBe(true);
    expect(await keys.answer(db.database, next, { ...answer(order.id), body: '2' })).toBe(false);
  });

  it('is not abandoned while its lease lasts and its attempt is under way', async () => {
    const claim = aClaim();
    await store.place(db.database, claim, aNewOrder(), limits);
    expect(await keys.find(db.database, claim)).toMatchObject({ isAbandoned: false, attempt: 1 });
  });
});
