import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { auditAndClose } from './audit.ts';
import { eur, givenBack, payFor, readRefunds, refundsUntil } from './refunding.ts';
import { type Json, type Shop, startPayments } from './started.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await startPayments({ PSP_TIMEOUT_MS: '500' });
  await shop.stock('shirt-m', 1000);
}, 60_000);
afterEach(() => shop.sandbox.setFaults({}));
afterAll(() => auditAndClose(shop), 60_000);

const dispute = async (orderId: string, body: object = {}): Promise<string> => {
  const intent = (await shop.sandbox.journal(orderId))[0]?.object;
  const opened = await shop.sandbox.post(`/_sandbox/payment_intents/${intent}/dispute`, body);
  return ((await opened.json()) as { id: string }).id;
};

const close = (id: string, status: 'won' | 'lost'): Promise<Response> =>
  shop.sandbox.post(`/_sandbox/disputes/${id}/close`, { status });

/** What staff see of an order once its only dispute stands so. */
const until = async (orderId: string, status: string): Promise<Json> => {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const found = await readRefunds(shop, orderId);
    if (found['disputes'][0]?.status === status || Date.now() > deadline) return found;
    await sleep(40);
  }
};

const kinds = async (orderId: string): Promise<string[]> => {
  const { body } = await shop.send('GET', `/ledger/transfers?orderId=${orderId}`, {
    token: shop.admin,
  });
  return (body['items'] as Json[]).map(({ kind }) => kind);
};

const balances = async (orderId: string): Promise<Record<string, number>> => {
  const { rows } = await shop.database.query<{ account: string; sum: bigint }>({
    text: `select e.account_id as account, sum(e.amount_minor)::bigint as sum from ledger_entries e
           join ledger_transfers t on t.id = e.transfer_id where t.order_id = $1
           group by 1 having sum(e.amount_minor) <> 0`,
    values: [orderId],
  });
  return Object.fromEntries(rows.map(({ account, sum }) => [account, Number(sum)]));
};

describe('a disputed payment', () => {
  it('that is won is ours again, as if nothing had been', async () => {
    const order = await payFor(shop);
    const before = await balances(order['id']);
    const id = await dispute(order['id'], { amount: 2000 });
    expect(await until(order['id'], 'open')).toMatchObject({
      disputed: eur(2000),
      left: eur(4390),
      disputes: [{ id, status: 'open', amount: eur(2000) }],
    });
    expect(await balances(order['id'])).toMatchObject({ disputes: 2000, psp_clearing: 4390 });
    await close(id, 'won');
    expect(await until(order['id'], 'won')).toMatchObject({ disputed: eur(0), left: eur(6390) });
    expect(await balances(order['id'])).toEqual(before);
    expect(await kinds(order['id'])).toEqual(['capture', 'dispute', 'dispute_won']);
    expect((await shop.read(order)).body).toMatchObject({ status: 'paid' });
    expect((await shop.refund(order['id'], { amount: eur(6390) })).status).toBe(201);
    expect(await shop.settled(order, ['refunded'])).toMatchObject({ status: 'refunded' });
  }, 30_000);

  it('that is lost is a loss, which an appeal may turn', async () => {
    const order = await payFor(shop);
    const id = await dispute(order['id']);
    await until(order['id'], 'open');
    await close(id, 'lost');
    expect(await until(order['id'], 'lost')).toMatchObject({ disputed: eur(6390), left: eur(0) });
    expect(await balances(order['id'])).toMatchObject({ dispute_losses: 6390 });
    expect(await shop.refund(order['id'], { amount: eur(1) })).toMatchObject({
      status: 409,
      body: { code: 'refunds.exceeds_captured', left: '0' },
    });
    await close(id, 'won');
    await until(order['id'], 'won');
    expect(await balances(order['id'])).toMatchObject({ psp_clearing: 6390 });
    expect(await balances(order['id'])).not.toHaveProperty('dispute_losses');
  }, 30_000);

  it('is learned of in full though it was over before anyone looked', async () => {
    const order = await payFor(shop);
    await shop.sandbox.setFaults({
      rules: [{ match: { method: 'GET', path: '/v1/disputes' }, fault: 'error_before' }],
    });
    const id = await dispute(order['id']);
    await close(id, 'lost');
    await sleep(800);
    await shop.sandbox.setFaults({});
    expect(await until(order['id'], 'lost')).toMatchObject({ disputed: eur(6390) });
    expect(await kinds(order['id'])).toEqual(['capture', 'dispute', 'dispute_lost']);
  }, 30_000);

  it('told of before we know that it was captured is looked into once we do', async () => {
    const look = { method: 'GET', path: '/v1/payment_intents/' };
    await shop.sandbox.setFaults({
      rules: [
        { match: { key: 'cap:' }, fault: 'lost_reply' },
        { match: look, fault: 'lost_request' },
      ],
    });
    const { body: order } = await shop.post(shop.order());
    await sleep(400);
    const id = await dispute(order['id'], { amount: 500 });
    await sleep(1500);
    expect((await shop.read(order)).body).toMatchObject({ status: 'authorized' });
    await shop.sandbox.setFaults({});
    expect(await until(order['id'], 'open')).toMatchObject({ disputed: eur(500) });
    expect(await kinds(order['id'])).toEqual(['capture', 'dispute']);
    await close(id, 'won');
    await until(order['id'], 'won');
  }, 40_000);

  it('told of twice, late and out of order is posted once', async () => {
    await shop.sandbox.setFaults({ webhooks: { duplicate: 4, reorder: 1 } });
    const order = await payFor(shop);
    const id = await dispute(order['id']);
    await close(id, 'won');
    await until(order['id'], 'won');
    await sleep(2500);
    expect(await kinds(order['id'])).toEqual(['capture', 'dispute', 'dispute_won']);
  }, 30_000);

  it('takes what a waiting refund had counted on: the refund fails, and says why', async () => {
    const order = await payFor(shop);
    const rf = { match: { key: 'rf:' }, fault: 'lost_request' };
    await shop.sandbox.setFaults({ rules: [rf] });
    await shop.refund(order['id'], { amount: eur(3000) });
    await sleep(300);
    const id = await dispute(order['id']);
    await shop.sandbox.setFaults({});
    expect(await refundsUntil(shop, order['id'], ['failed'])).toMatchObject({
      items: [{ status: 'failed', failure: 'charge_disputed' }],
      refunded: eur(0),
    });
    expect(await givenBack(shop, order['id'])).toEqual([]);
    expect(await until(order['id'], 'open')).toMatchObject({ left: eur(0) });
    expect((await shop.read(order)).body).toMatchObject({ status: 'paid' });
    await close(id, 'won');
    await until(order['id'], 'won');
  }, 30_000);

  it('after a refund of a part can take more than is left, and nothing more is given back', async () => {
    const order = await payFor(shop);
    await shop.refund(order['id'], { amount: eur(5000) });
    await refundsUntil(shop, order['id'], ['succeeded']);
    const id = await dispute(order['id']);
    expect(await until(order['id'], 'open')).toMatchObject({ disputed: eur(6390), left: eur(0) });
    expect((await shop.refund(order['id'], { amount: eur(1) })).status).toBe(409);
    await close(id, 'lost');
    await until(order['id'], 'lost');
    expect(await balances(order['id'])).toMatchObject({
      psp_clearing: -5000,
      dispute_losses: 6390,
    });
  }, 30_000);
});

describe('payments killed while a dispute is posted', () => {
  it.each(['dispute.before:1', 'dispute.after:1'])(
    'at %s has it once on the books',
    async (point) => {
      const order = await payFor(shop);
      await shop.restart({ KILL_AT: `payments.${point}` });
      const ended = shop.service().ended;
      await dispute(order['id']);
      expect(await ended).toBe('SIGKILL');
      await shop.restart();
      expect(await until(order['id'], 'open')).toMatchObject({ disputed: eur(6390) });
      expect(await kinds(order['id'])).toEqual(['capture', 'dispute']);
    },
    90_000,
  );
});
