import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { auditAndClose } from './audit.ts';
import { eur, givenBack, payFor, readRefunds, refundsUntil } from './refunding.ts';
import { type Answer, type Json, type Shop, startPayments } from './started.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await startPayments({ PSP_TIMEOUT_MS: '500', REFUND_APPROVAL_FROM_MINOR: '50000' });
  await shop.stock('shirt-m', 10_000);
}, 60_000);
afterEach(() => shop.sandbox.setFaults({}));
afterAll(() => auditAndClose(shop), 60_000);

const refundsOf = (orderId: string): Promise<Json> => readRefunds(shop, orderId);
const until = (orderId: string, statuses: readonly string[]): Promise<Json> =>
  refundsUntil(shop, orderId, statuses);
const paid = (quantity?: number): Promise<Json> => payFor(shop, { quantity });
const given = (orderId: string): Promise<number[]> => givenBack(shop, orderId);

const stock = async (): Promise<Json> =>
  (await shop.send('GET', '/stock?sku=shirt-m', { token: shop.admin })).body;

describe('a refund', () => {
  it('of all gives all of it back, once, and tells of it', async () => {
    const order = await paid();
    const asked = await shop.refund(order['id'], { amount: eur(6390) });
    expect(asked.status).toBe(201);
    expect(asked.body).toEqual({ id: asked.body['id'], status: 'requested', amount: eur(6390) });
    expect(await shop.settled(order, ['refunded'])).toMatchObject({
      status: 'refunded',
      refunded: eur(6390),
      payment: { status: 'refunded' },
    });
    expect(await given(order['id'])).toEqual([6390]);
    const view = (await shop.read(order)).body;
    expect((view['timeline'] as Json[]).map(({ what }) => what).slice(-2)).toEqual([
      'paid',
      'refunded',
    ]);
    const told = await shop.published('payments.orders', order['id'], 5);
    expect(told.map(({ type }) => type)).toEqual([
      'payments.order.placed.v1',
      'payments.order.authorized.v1',
      'payments.order.paid.v1',
      'payments.order.refund_requested.v1',
      'payments.order.refunded.v1',
    ]);
    expect(told.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    expect(told.at(-1)?.['data']).toMatchObject({ amount: eur(6390), refunded: eur(6390) });
  }, 20_000);

  it('in many parts adds up to what was paid, in the books as at the provider', async () => {
    const order = await paid();
    for (const amount of [1, 333, 1999, 57, 4000]) {
      expect((await shop.refund(order['id'], { amount: eur(amount) })).status).toBe(201);
    }
    expect(await until(order['id'], ['succeeded'])).toMatchObject({
      refunded: eur(6390),
      left: eur(0),
    });
    expect(await shop.settled(order, ['refunded'])).toMatchObject({ status: 'refunded' });
    const { rows } = await shop.database.query({
      text: `select account_id, sum(amount_minor) from ledger_entries e
             join ledger_transfers t on t.id = e.transfer_id where t.order_id = $1
             group by account_id having sum(amount_minor) <> 0`,
      values: [order['id']],
    });
    expect(rows).toEqual([]);
    const told = await shop.published('payments.orders', order['id'], 13);
    expect(told.map(({ version }) => version)).toEqual(told.map((_, i) => i + 1));
    expect(told.at(-1)).toMatchObject({ type: 'payments.order.refunded.v1' });
  }, 30_000);

  it('of lines gives back what they cost, the delivery with the last, and the goods to the shelf', async () => {
    const order = await paid(2);
    const before = await stock();
    const line = { lines: [{ sku: 'shirt-m', quantity: 1 }], restock: true };
    expect((await shop.refund(order['id'], line)).body).toMatchObject({ amount: eur(5900) });
    await until(order['id'], ['succeeded']);
    expect((await shop.read(order)).body).toMatchObject({
      status: 'part_refunded',
      refunded: eur(5900),
    });
    expect(await stock()).toMatchObject({
      onHand: before['onHand'],
      allocated: before['allocated'] - 1,
      available: before['available'] + 1,
    });
    expect(
      (await shop.refund(order['id'], { lines: [{ sku: 'shirt-m', quantity: 2 }] })).body,
    ).toMatchObject({
      code: 'refunds.exceeds_ordered',
      status: 409,
    });
    await shop.refund(order['id'], { lines: [{ sku: 'shirt-m', quantity: 1 }] });
    expect(await shop.settled(order, ['refunded'])).toMatchObject({ status: 'refunded' });
    expect((await stock())['allocated']).toBe(before['allocated'] - 1);
    const one = await paid(1);
    const whole = await shop.refund(one['id'], { lines: [{ sku: 'shirt-m', quantity: 1 }] });
    expect(whole.body).toMatchObject({ amount: eur(6390) });
    await shop.settled(one, ['refunded']);
  }, 30_000);

  it('asked for again under its key is the same refund, byte for byte', async () => {
    const order = await paid();
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => shop.refund(order['id'], { amount: eur(100) }, { key })),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    const replayed = answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true');
    expect(replayed).toHaveLength(11);
    expect(await shop.refund(order['id'], { amount: eur(101) }, { key })).toMatchObject({
      status: 422,
      body: { code: 'idempotency.mismatch' },
    });
    const other = await paid();
    expect((await shop.refund(other['id'], { amount: eur(100) }, { key })).status).toBe(422);
    await until(order['id'], ['succeeded']);
    expect(await given(order['id'])).toEqual([100]);
    expect(await given(other['id'])).toEqual([]);
  }, 20_000);

  it('asked for again when its answer is forgotten is still the same refund', async () => {
    const order = await paid();
    const key = randomUUID();
    const first = await shop.refund(order['id'], { amount: eur(100) }, { key });
    await until(order['id'], ['succeeded']);
    await shop.database.query({
      text: 'delete from idempotency_keys where key = $1',
      values: [key],
    });
    const again = await Promise.all(
      Array.from({ length: 5 }, () => shop.refund(order['id'], { amount: eur(100) }, { key })),
    );
    for (const answer of again) {
      expect(answer).toMatchObject({
        status: 201,
        body: { id: first.body['id'], status: 'succeeded' },
      });
    }
    expect((await shop.refund(order['id'], { amount: eur(101) }, { key })).status).toBe(422);
    expect(await given(order['id'])).toEqual([100]);
  }, 20_000);

  it('by twenty people at once never gives back more than there is', async () => {
    const order = await paid();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => shop.refund(order['id'], { amount: eur(1000) })),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([...Array<number>(6).fill(201), ...Array<number>(14).fill(409)]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'refunds.exceeds_captured' });
    expect(await until(order['id'], ['succeeded'])).toMatchObject({ left: eur(390) });
    expect(await given(order['id'])).toEqual(Array(6).fill(1000));
  }, 30_000);
});

describe('what is no refund', () => {
  let order: Json;
  beforeAll(async () => {
    order = await paid();
  }, 20_000);

  it.each<[string, object, number, string]>([
    ['nothing', { amount: eur(0) }, 400, 'request.invalid'],
    ['less than nothing', { amount: eur(-1) }, 400, 'request.invalid'],
    ['a fraction', { amount: { amount: '1.5', currency: 'EUR' } }, 400, 'request.invalid'],
    ['a number', { amount: 100 }, 400, 'request.invalid'],
    ['neither amount nor lines', {}, 400, 'request.invalid'],
    ['both', { amount: eur(1), lines: [{ sku: 'shirt-m', quantity: 1 }] }, 400, 'request.invalid'],
    [
      'the same sku twice',
      { lines: [1, 2].map((quantity) => ({ sku: 'shirt-m', quantity })) },
      400,
      'request.invalid',
    ],
    ['goods of an amount', { amount: eur(1), restock: true }, 400, 'request.invalid'],
    ['no reason', { amount: eur(1), reason: '  ' }, 400, 'request.invalid'],
    [
      'a card number for a reason',
      { amount: eur(1), reason: 'to 4242 4242 4242 4242' },
      400,
      'payments.card_number',
    ],
    ['an unknown field', { amount: eur(1), status: 'succeeded' }, 400, 'request.invalid'],
    [
      'another currency',
      { amount: { amount: '1', currency: 'USD' } },
      409,
      'refunds.other_currency',
    ],
    ['more than was paid', { amount: eur(6391) }, 409, 'refunds.exceeds_captured'],
    ['an astronomical sum', { amount: eur(999_999_999_999_999n) }, 409, 'refunds.exceeds_captured'],
    [
      'what was not ordered',
      { lines: [{ sku: 'hat', quantity: 1 }] },
      409,
      'refunds.exceeds_ordered',
    ],
  ])('%s is refused, without effect', async (_, body, status, code) => {
    const key = randomUUID();
    const answer = await shop.refund(order['id'], body, { key });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const { rows } = await shop.database.query({
      text: 'select key from idempotency_keys where key = $1',
      values: [key],
    });
    expect(rows).toEqual([]);
    expect((await refundsOf(order['id']))['items']).toEqual([]);
  });

  it('is refused without a key, of no such order, and before it is paid', async () => {
    const body = { amount: eur(1), reason: 'x' };
    const path = `/orders/${order['id']}/refunds`;
    expect((await shop.send('POST', path, { body, token: shop.admin })).body).toMatchObject({
      code: 'idempotency.key_required',
    });
    expect((await shop.refund(randomUUID(), body)).body).toMatchObject({
      code: 'orders.not_found',
    });
    const pending = await shop.post(
      shop.order({ paymentMethod: 'pm_card_authenticationRequired' }),
    );
    expect((await shop.refund(pending.body['id'], body)).body).toMatchObject({
      code: 'refunds.not_captured',
    });
    const { id, token } = pending.body;
    await shop.send('POST', `/orders/${id}/cancel`, { token });
  }, 20_000);
});

describe('a large refund', () => {
  const people = async () => {
    const [mira, noor, sol] = await Promise.all([
      shop.staff.token('support', 'mira'),
      shop.staff.token('admin', 'noor'),
      shop.staff.token('admin', 'mira'),
    ]);
    return { mira, noor, miraAsAdmin: sol };
  };
  const decide = (order: Json, refund: Json, what: string, token: string): Promise<Answer> =>
    shop.send('POST', `/orders/${order['id']}/refunds/${refund['id']}/${what}`, { token });

  it('waits for a second person, who is not the first', async () => {
    const order = await paid(10);
    const { mira, noor, miraAsAdmin } = await people();
    const { body: refund } = await shop.refund(
      order['id'],
      { amount: eur(50_000) },
      { token: mira },
    );
    expect(refund).toMatchObject({ status: 'awaiting_approval' });
    // What waits is reserved.
    expect((await shop.refund(order['id'], { amount: eur(9001) }, { token: mira })).status).toBe(
      409,
    );
    expect(await decide(order, refund, 'approve', mira)).toMatchObject({ status: 403 });
    expect((await decide(order, refund, 'approve', miraAsAdmin)).body).toMatchObject({
      code: 'refunds.same_person',
    });
    await sleep(400);
    expect(await given(order['id'])).toEqual([]);
    const approvals = await Promise.all(
      [1, 2, 3].map(() => decide(order, refund, 'approve', noor)),
    );
    expect(approvals.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await until(order['id'], ['succeeded'])).toMatchObject({ refunded: eur(50_000) });
    expect(await given(order['id'])).toEqual([50_000]);
    expect(await decide(order, refund, 'reject', noor)).toMatchObject({ status: 409 });
  }, 20_000);

  it('cannot be made of small ones by one person', async () => {
    const order = await paid(10);
    const { mira } = await people();
    const ask = () => shop.refund(order['id'], { amount: eur(20_000) }, { token: mira });
    expect((await ask()).body).toMatchObject({ status: 'requested' });
    expect((await ask()).body).toMatchObject({ status: 'requested' });
    const third = await shop.refund(order['id'], { amount: eur(10_000) }, { token: mira });
    expect(third.body).toMatchObject({ status: 'awaiting_approval' });
    expect((await decide(order, third.body, 'reject', mira)).body).toMatchObject({
      status: 'rejected',
    });
    expect(await until(order['id'], ['succeeded', 'rejected'])).toMatchObject({
      left: eur(19_000),
    });
  }, 20_000);

  it('leaves a trail that shows when it was touched', async () => {
    const read = async () =>
      (
        await shop.database.query<{ seq: bigint; actor: string; action: string }>({
          text: 'select seq, actor, action from staff_actions order by seq',
        })
      ).rows;
    const actions = await read();
    expect(actions.map(({ seq }) => Number(seq))).toEqual(actions.map((_, i) => i + 1));
    expect(actions).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ actor: 'mira', action: 'refund_awaiting_approval' }),
        expect.objectContaining({ actor: 'noor', action: 'refund_approved' }),
        expect.objectContaining({ actor: 'mira', action: 'refund_rejected' }),
      ]),
    );
    const faults = { text: 'select seq from staff_action_faults' };
    expect((await shop.database.query(faults)).rows).toEqual([]);
    for (const text of [
      `update staff_actions set actor = 'x'`,
      'delete from staff_actions',
      'truncate staff_actions',
    ]) {
      await expect(shop.database.query({ text })).rejects.toMatchObject({ code: '42501' });
    }
  });
});
