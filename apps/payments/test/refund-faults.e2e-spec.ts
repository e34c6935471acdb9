import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { auditAndClose } from './audit.ts';
import { eur, givenBack, payFor, readRefunds, refundsUntil } from './refunding.ts';
import { type Json, type Shop, startPayments } from './started.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await startPayments({ PSP_TIMEOUT_MS: '500' });
  await shop.stock('shirt-m', 10_000);
}, 60_000);
afterEach(() => shop.sandbox.setFaults({}));
afterAll(() => auditAndClose(shop), 60_000);

const refundsOf = (orderId: string): Promise<Json> => readRefunds(shop, orderId);
const until = (orderId: string, statuses: readonly string[]): Promise<Json> =>
  refundsUntil(shop, orderId, statuses);
const paid = (paymentMethod?: string): Promise<Json> => payFor(shop, { paymentMethod });
const given = (orderId: string): Promise<number[]> => givenBack(shop, orderId);

describe('a refund that the provider makes difficult', () => {
  const match = { key: 'rf:' };
  // A connection that broke is tried once more by the SDK itself, under the same key; hence the twos.
  it.each([
    ['the answer is lost', { match, fault: 'lost_reply', times: 2 }],
    ['the request is lost', { match, fault: 'lost_request', times: 2 }],
    ['it takes too long', { match, fault: 'delay_after', delayMs: 1200, times: 1 }],
    ['it is late, as is what was asked for', { match, fault: 'late', delayMs: 900, times: 1 }],
    ['an error is answered, though it was done', { match, fault: 'error_after', times: 1 }],
    ['an error that passes is answered', { match, fault: 'error_after', stored: false, times: 1 }],
    [
      'an error is answered and kept, and nothing was done',
      { match, fault: 'error_before', stored: true, times: 1 },
    ],
    ['too much is asked of it', { match, fault: 'rate_limit', times: 2 }],
    ['the key is in use', { match, fault: 'key_in_use', times: 2 }],
  ])(
    'as %s: given back once',
    async (_, rule) => {
      const order = await paid();
      await shop.sandbox.setFaults({ rules: [rule] });
      await shop.refund(order['id'], { amount: eur(1200) });
      expect(await until(order['id'], ['succeeded'])).toMatchObject({ refunded: eur(1200) });
      await sleep(rule.fault === 'late' ? 1000 : 0);
      expect(await given(order['id'])).toEqual([1200]);
    },
    30_000,
  );

  const age = async (orderId: string, hours: number): Promise<void> => {
    await shop.sandbox.post('/_sandbox/prune-keys', {});
    await shop.database.query({
      text: `update refunds set first_sent_at = now() - $2 * interval '1 h' where order_id = $1`,
      values: [orderId, hours],
    });
    await shop.sandbox.setFaults({});
    await shop.database.query({
      text: 'update payments set next_action_at = now() where order_id = $1',
      values: [orderId],
    });
  };

  it.each([
    ['after a day', 26],
    ['much too early', 1],
  ])(
    'as it forgets the key %s: what was done is found by its list',
    async (_, hours) => {
      const order = await paid();
      await shop.sandbox.setFaults({
        rules: [
          { match, fault: 'lost_reply' },
          { match: { method: 'GET', path: '/v1/refunds' }, fault: 'lost_request' },
        ],
        webhooks: { drop: 1 },
      });
      await shop.refund(order['id'], { amount: eur(1200) });
      await sleep(600);
      await age(order['id'], hours);
      expect(await until(order['id'], ['succeeded'])).toMatchObject({ refunded: eur(1200) });
      expect(await given(order['id'])).toEqual([1200]);
    },
    30_000,
  );

  it('as it forgets the key, and never did it: another key, but not before a day has passed', async () => {
    const order = await paid();
    await shop.sandbox.setFaults({ rules: [{ match, fault: 'lost_request' }] });
    await shop.refund(order['id'], { amount: eur(1200) });
    await sleep(600);
    await age(order['id'], 21);
    await sleep(1500);
    expect(await given(order['id'])).toEqual([]);
    await age(order['id'], 26);
    expect(await until(order['id'], ['succeeded'])).toMatchObject({ refunded: eur(1200) });
    expect(await given(order['id'])).toEqual([1200]);
    const { rows } = await shop.database.query({
      text: `select actor, detail ->> 'formerKey' as key from staff_actions
             where order_id = $1 and action = 'refund_key_renewed'`,
      values: [order['id']],
    });
    const [refund] = (await refundsOf(order['id']))['items'];
    expect(rows).toEqual([{ actor: 'payments', key: `rf:${refund.id}` }]);
  }, 30_000);

  it('as it is pending for a while: given back already, and arrived later', async () => {
    const order = await paid('pm_card_pendingRefund');
    await shop.refund(order['id'], { amount: eur(6390) });
    expect(await until(order['id'], ['pending', 'succeeded'])).toMatchObject({
      refunded: eur(6390),
    });
    expect(await shop.settled(order, ['refunded'])).toMatchObject({ status: 'refunded' });
    expect(await until(order['id'], ['succeeded'])).toMatchObject({ left: eur(0) });
    expect(await shop.published('payments.orders', order['id'], 5)).toHaveLength(5);
  }, 30_000);

  it('as it comes back: the books are turned back, the order is refundable again', async () => {
    const order = await paid('pm_card_refundFail');
    await shop.refund(order['id'], { amount: eur(6390) });
    expect(await shop.settled(order, ['refunded'])).toMatchObject({ status: 'refunded' });
    expect(await shop.settled(order, ['paid'])).toMatchObject({ status: 'paid', refunded: eur(0) });
    expect(await until(order['id'], ['failed'])).toMatchObject({ left: eur(6390) });
    const { body } = await shop.send('GET', `/ledger/transfers?orderId=${order['id']}`, {
      token: shop.admin,
    });
    expect((body['items'] as Json[]).map(({ kind }) => kind)).toEqual([
      'capture',
      'refund',
      'refund_reversal',
    ]);
    const told = await shop.published('payments.orders', order['id'], 6);
    expect(told.at(-1)).toMatchObject({ type: 'payments.order.refund_failed.v1', version: 6 });
    const view = (await shop.read(order)).body;
    expect((view['timeline'] as Json[]).map(({ what }) => what)).toContain('refund_failed');
    expect((await shop.refund(order['id'], { amount: eur(6390) })).status).toBe(201);
    await shop.settled(order, ['refunded']);
    await shop.settled(order, ['paid']);
  }, 40_000);

  it.each(['wrong_amount', 'wrong_currency'])(
    'as it speaks of other money (%s): not believed, told, and done once it speaks of ours',
    async (fault) => {
      const order = await paid();
      await shop.sandbox.setFaults({
        rules: [
          { match, fault },
          { match: { method: 'GET', path: '/v1/refunds' }, fault: 'error_before' },
        ],
      });
      await shop.refund(order['id'], { amount: eur(1200) });
      const { id } = order;
      const findBreaks = async (): Promise<Json[]> =>
        (await shop.send('GET', '/reconciliation', { token: shop.admin })).body['breaks'];
      const deadline = Date.now() + 10_000;
      while ((await findBreaks()).length === 0 && Date.now() < deadline) await sleep(40);
      expect(await findBreaks()).toMatchObject([{ kind: 'refund_mismatch', orderId: id }]);
      expect((await shop.read(order)).body).toMatchObject({ status: 'paid', refunded: eur(0) });
      await shop.sandbox.setFaults({});
      expect(await until(id, ['succeeded'])).toMatchObject({ refunded: eur(1200) });
      expect(await given(id)).toEqual([1200]);
      await shop.database.query({ text: 'update recon_breaks set closed_at = now()' });
    },
    30_000,
  );

  it('as it is asked for while the payment is being captured: refused until then, and once after', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const placed = await shop.post(shop.order());
        const { id } = placed.body;
        const asked = await shop.refund(id, { amount: eur(6390) });
        if (asked.status === 409)
          expect(asked.body).toMatchObject({ code: 'refunds.not_captured' });
        else expect(asked.status).toBe(201);
        const status = asked.status === 201 ? 'refunded' : 'paid';
        expect(await shop.settled(placed.body, [status])).toMatchObject({ status });
        return { id, asked: asked.status };
      }),
    );
    for (const { id, asked } of answers) {
      expect(await given(id)).toEqual(asked === 201 ? [6390] : []);
    }
  }, 40_000);

  it('as somebody gives money back beside us: not applied, and told', async () => {
    const order = await paid();
    const intent = (await shop.sandbox.journal(order['id']))[0]?.object;
    await shop.sandbox.v1('refunds', { payment_intent: intent ?? '', amount: '700' });
    const deadline = Date.now() + 10_000;
    let breaks: Json[] = [];
    while (breaks.length === 0 && Date.now() < deadline) {
      const { body } = await shop.send('GET', '/reconciliation', { token: shop.admin });
      breaks = body['breaks'];
      await sleep(50);
    }
    expect(breaks).toMatchObject([
      { kind: 'refund_mismatch', orderId: order['id'], amount: eur(700) },
    ]);
    expect((await shop.read(order)).body).toMatchObject({ status: 'paid', refunded: eur(0) });
    // A person has looked.
    await shop.database.query({ text: 'update recon_breaks set closed_at = now()' });
  }, 30_000);
});

describe('an order that was cancelled, though it had been captured', () => {
  it('and whose money comes back to us: stays on its way, a person is told, and staff can try again', async () => {
    // The capture happens, but we are not told.
    await shop.sandbox.setFaults({
      rules: [
        { match: { key: 'cap:' }, fault: 'lost_reply' },
        { match: { method: 'GET', path: '/v1/payment_intents/' }, fault: 'lost_request' },
      ],
      webhooks: { drop: 1 },
    });
    const placed = await shop.post(shop.order({ paymentMethod: 'pm_card_refundFail' }));
    const { id, token } = placed.body;
    await sleep(150);
    await shop.send('POST', `/orders/${id}/cancel`, { token });
    await shop.sandbox.setFaults({});
    expect(await shop.settled(placed.body, ['refunded'])).toMatchObject({ status: 'refunded' });
    expect(await shop.settled(placed.body, ['cancelling'])).toMatchObject({
      status: 'cancelling',
      captured: eur(6390),
      refunded: eur(0),
    });
    const report = await shop.send('GET', '/reconciliation', { token: shop.admin });
    expect(report.body['breaks']).toMatchObject([
      { kind: 'refund_failed', orderId: id, amount: eur(6390) },
    ]);
    expect(await shop.refund(id, { amount: eur(6390) })).toMatchObject({ status: 201 });
    expect(await shop.settled(placed.body, ['refunded'])).toMatchObject({ status: 'refunded' });
    // It comes back once more, as this card always does; a person has looked.
    await shop.settled(placed.body, ['cancelling']);
    await shop.database.query({ text: 'update recon_breaks set closed_at = now()' });
    const told = await shop.published('payments.orders', id, 8);
    expect(told.map(({ version }) => version)).toEqual(told.map((_, i) => i + 1));
  }, 60_000);
});
