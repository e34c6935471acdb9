import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { paymentsApi } from '@hemline/contracts';
import { auditAndClose } from './audit.ts';
import { type Answer, type Json, type Shop, startPayments } from './started.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await startPayments({ PSP_TIMEOUT_MS: '400' });
  await shop.stock('shirt-m', 1000);
}, 60_000);

afterAll(() => auditAndClose(shop), 60_000);

const never = new Promise<never>(() => {});

/** Posts until there is an answer, as a client does that does not know what became of its request. */
const insist = async (order: paymentsApi.PlaceOrder, key: string): Promise<Answer> => {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await shop.post(order, key).catch(() => undefined);
    if (answer && answer.body['code'] !== 'idempotency.in_progress') return answer;
    if (Date.now() > deadline) throw new Error('no answer in time');
    await sleep(100);
  }
};

/** Runs `work` in a payments that ends itself at a kill point, and starts payments again. */
const killedAt = async (point: string, work: () => Promise<unknown>): Promise<void> => {
  await shop.restart({ KILL_AT: `payments.${point}` });
  const working = work().catch(() => undefined);
  // A step off the request path may be reached only after the work was answered.
  const end = await Promise.race([
    shop.service().ended,
    working.then(() => sleep(15_000, 'still alive', { ref: false })),
    never,
  ]);
  expect(end).toBe('SIGKILL');
  await working;
  await shop.restart();
};

const captures = async (orderId: string): Promise<number> =>
  (await shop.sandbox.journal(orderId)).filter(({ kind }) => kind === 'charge.captured').length;

const expectPaidOnce = async (placed: Json): Promise<void> => {
  expect(await shop.settled(placed)).toMatchObject({ status: 'paid' });
  expect(await captures(placed['id'])).toBe(1);
  const transfers = await shop.send('GET', `/ledger/transfers?orderId=${placed['id']}`, {
    token: shop.admin,
  });
  expect(transfers.body['items']).toHaveLength(1);
};

describe('payments killed while a shopper pays', () => {
  it.each([
    't1.before:1',
    't1.after:1',
    'x2.after:1',
    't4.before:1',
    't4.after:1',
    'x3.after:1',
    't5.before:1',
    't5.after:1',
  ])(
    'at %s ends with the order paid once, and the same key finds it',
    async (point) => {
      const order = shop.order();
      const key = randomUUID();
      await killedAt(point, () => shop.post(order, key));
      const answer = await insist(order, key);
      expect(answer.status).toBe(201);
      await expectPaidOnce(answer.body);
      const again = await shop.post(order, key);
      expect(again.text).toBe(answer.text);
      expect(await shop.post(order)).toMatchObject({
        status: 200,
        body: { id: answer.body['id'] },
      });
    },
    60_000,
  );

  it.each(['t1.after:1', 't4.before:1'])(
    'at %s ends with the order paid once, though nobody asks again',
    async (point) => {
      const order = shop.order();
      await killedAt(point, () => shop.post(order));
      const deadline = Date.now() + 15_000;
      let status: string | undefined;
      while (status !== 'paid' && Date.now() < deadline) {
        const { rows } = await shop.database.query<{ status: string }>({
          text: 'select status from orders where cart_id = $1',
          values: [order.cart.id],
        });
        status = rows[0]?.status;
        await sleep(50);
      }
      expect(status).toBe('paid');
    },
    60_000,
  );

  it.each(['t4.before:1', 't4.after:1'])(
    'at %s of a declined card lets another card pay once',
    async (point) => {
      const order = shop.order({ paymentMethod: 'pm_card_chargeDeclined' });
      const key = randomUUID();
      await killedAt(point, () => shop.post(order, key));
      const declined = await insist(order, key);
      expect(declined.status).toBe(402);
      const paid = await shop.post({ ...order, paymentMethod: 'pm_card_visa' });
      expect(paid.status).toBe(201);
      await expectPaidOnce(paid.body);
    },
    60_000,
  );

  it.each(['t3.before:1', 't3.after:1', 'x2.after:1', 't4.before:1'])(
    'at %s of the second card ends with the order paid once',
    async (point) => {
      const order = shop.order({ paymentMethod: 'pm_card_chargeDeclined' });
      expect((await shop.post(order)).status).toBe(402);
      const second = { ...order, paymentMethod: 'pm_card_visa' };
      const key = randomUUID();
      await killedAt(point, () => shop.post(second, key));
      const answer = await insist(second, key);
      expect(answer.status).toBe(201);
      await expectPaidOnce(answer.body);
    },
    60_000,
  );
});

describe('payments killed while an order is cancelled', () => {
  it.each(['t6.before:1', 't6.after:1', 'x4.after:1', 't7.before:1', 't7.after:1'])(
    'at %s ends with the order cancelled and nothing charged',
    async (point) => {
      const order = shop.order({ paymentMethod: 'pm_card_authenticationRequired' });
      const placed = await shop.post(order);
      expect(placed.status).toBe(202);
      const { id, token } = placed.body;
      const cancel = () => shop.send('POST', `/orders/${id}/cancel`, { token });
      await killedAt(point, cancel);
      expect((await cancel()).status).toBe(200);
      expect(await shop.settled(placed.body)).toMatchObject({ status: 'cancelled' });
      const kinds = (await shop.sandbox.journal(id)).map(({ kind }) => kind);
      expect(kinds).not.toContain('charge.captured');
      expect(kinds).toContain('payment_intent.canceled');
    },
    60_000,
  );

  it.each(['t6.before:1', 't6.after:1', 't7.before:1'])(
    'at %s because its hold has ended, ends with nothing charged',
    async (point) => {
      await shop.restart({ HOLD_MS: '500' });
      const order = shop.order({ paymentMethod: 'pm_card_authenticationRequired' });
      const placed = await shop.post(order);
      await killedAt(point, () => Promise.resolve());
      expect(await shop.settled(placed.body)).toMatchObject({ status: 'cancelled' });
    },
    60_000,
  );

  it.each(['t7.before:1', 't7.after:1', 'x5.after:1', 't9.before:1', 't9.after:1'])(
    'at %s though it was captured already, ends with the money given back once',
    async (point) => {
      // The capture happens, but we are not told.
      await shop.sandbox.setFaults({
        rules: [
          { match: { key: 'cap:' }, fault: 'lost_reply' },
          { match: { method: 'GET', path: '/v1/payment_intents/' }, fault: 'lost_request' },
        ],
        webhooks: { drop: 1 },
      });
      let placed: Json = {};
      await killedAt(point, async () => {
        placed = (await shop.post(shop.order())).body;
        await sleep(100);
        await shop.send('POST', `/orders/${placed['id']}/cancel`, { token: placed['token'] });
      });
      const { id } = placed;
      await shop.sandbox.setFaults({});
      expect(await shop.settled(placed)).toMatchObject({ status: 'refunded' });
      const journal = await shop.sandbox.journal();
      const refunds = journal.filter(
        ({ kind, metadata }) => kind === 'refund.created' && metadata['refund_id'],
      );
      const { rows } = await shop.database.query<{ id: string }>({
        text: 'select id from refunds where order_id = $1',
        values: [id],
      });
      expect(rows).toHaveLength(1);
      const own = refunds.filter(({ metadata }) => metadata['refund_id'] === rows[0]?.id);
      expect(own.map(({ amount }) => amount)).toEqual([6390]);
    },
    60_000,
  );
});

describe('payments killed while a shopper comes back from her bank', () => {
  it.each(['t4.before:1', 't4.after:1', 'x3.after:1', 't5.before:1', 't5.after:1'])(
    'at %s ends with the order paid once',
    async (point) => {
      const { body: placed } = await shop.post(
        shop.order({
          paymentMethod: 'pm_card_authenticationRequired',
          returnUrl: 'https://shop.example/orders',
        }),
      );
      const page = shop.sandbox.url + new URL(placed['payment'].actionUrl).pathname;
      const { id, token } = placed;
      const comeBack = () => shop.send('POST', `/orders/${id}/returned`, { token });
      await killedAt(point, async () => {
        const body = new URLSearchParams({ outcome: 'succeed' });
        await fetch(page, { method: 'POST', body, redirect: 'manual' });
        await comeBack();
      });
      expect((await comeBack()).status).toBe(200);
      await expectPaidOnce(placed);
    },
    60_000,
  );
});

describe('payments killed while money is given back', () => {
  const refunds = async (orderId: string) =>
    (await shop.sandbox.journal(orderId)).filter(({ kind }) => kind.startsWith('refund.'));

  /** Asks until there is an answer, as staff do that do not know what became of their request. */
  const insistOn = async (orderId: string, amount: string, key: string): Promise<Answer> => {
    const deadline = Date.now() + 20_000;
    const body = { amount: { amount, currency: 'EUR' } };
    for (;;) {
      const answer = await shop.refund(orderId, body, { key }).catch(() => undefined);
      if (answer && answer.status < 500) return answer;
      if (Date.now() > deadline) throw new Error('no answer in time');
      await sleep(100);
    }
  };

  it.each(['t8.before:1', 't8.after:1', 'x5.after:1', 't9.before:1', 't9.after:1'])(
    'at %s ends with it given back once, and the same key finds it',
    async (point) => {
      const { body: order } = await shop.post(shop.order());
      await shop.settled(order);
      const key = randomUUID();
      const body = { amount: { amount: '1500', currency: 'EUR' } };
      await killedAt(point, () => shop.refund(order['id'], body, { key }));
      const answer = await insistOn(order['id'], '1500', key);
      expect(answer.status).toBe(201);
      expect(await shop.settled(order, ['part_refunded'])).toMatchObject({
        status: 'part_refunded',
      });
      expect((await refunds(order['id'])).map(({ amount }) => amount)).toEqual([1500]);
      expect((await insistOn(order['id'], '1500', key)).text).toBe(answer.text);
      expect((await insistOn(order['id'], '4890', randomUUID())).status).toBe(201);
      expect(await shop.settled(order, ['refunded'])).toMatchObject({ status: 'refunded' });
      expect((await refunds(order['id'])).map(({ amount }) => amount)).toEqual([1500, 4890]);
    },
    60_000,
  );

  // The first passage is the request, the second the approval.
  it.each(['t8.before:2', 't8.after:2'])(
    'at %s, as a second person confirms it, ends with it given back once',
    async (point) => {
      const wish = shop.order({ quantity: 40 });
      const { body: order } = await shop.post(wish);
      await shop.settled(order);
      const noor = await shop.staff.token('admin', 'noor');
      let refundId = '';
      const approve = () =>
        shop.send('POST', `/orders/${order['id']}/refunds/${refundId}/approve`, { token: noor });
      await killedAt(point, async () => {
        const asked = await insistOn(order['id'], '200000', randomUUID());
        expect(asked.body).toMatchObject({ status: 'awaiting_approval' });
        refundId = asked.body['id'];
        await approve();
      });
      expect((await approve()).status).toBe(200);
      expect(await shop.settled(order, ['part_refunded'])).toMatchObject({
        status: 'part_refunded',
      });
      expect((await refunds(order['id'])).map(({ amount }) => amount)).toEqual([200_000]);
    },
    60_000,
  );

  it.each(['t9.before:2', 't9.after:2'])(
    'at %s, as it comes back, ends with the money ours again, once',
    async (point) => {
      const { body: order } = await shop.post(shop.order({ paymentMethod: 'pm_card_refundFail' }));
      await shop.settled(order);
      await killedAt(point, () => insistOn(order['id'], '6390', randomUUID()));
      const isBack = async (): Promise<boolean> =>
        (await refunds(order['id'])).some(({ kind }) => kind === 'refund.failed');
      const deadline = Date.now() + 15_000;
      while (!(await isBack()) && Date.now() < deadline) await sleep(50);
      expect(await shop.settled(order, ['paid'])).toMatchObject({ status: 'paid' });
      const transfers = await shop.send('GET', `/ledger/transfers?orderId=${order['id']}`, {
        token: shop.admin,
      });
      const kinds = (transfers.body['items'] as Json[]).map(({ kind }) => kind);
      expect(kinds).toEqual(['capture', 'refund', 'refund_reversal']);
    },
    60_000,
  );
});
