import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { audit } from './audit.ts';
import { type Json, type Shop, startPayments } from './started.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await startPayments({ PSP_TIMEOUT_MS: '600', PSP_SEARCH_LAG_MS: '1000' });
  await shop.stock('shirt-m', 10_000);
}, 60_000);

afterEach(() => shop.sandbox.setFaults({}));
afterAll(() => shop.close(), 30_000);

const kindsOf = async (orderId: string): Promise<string[]> =>
  (await shop.sandbox.journal(orderId)).map(({ kind }) => kind);

const times = async (orderId: string, kind: string): Promise<number> =>
  (await kindsOf(orderId)).filter((each) => each === kind).length;

const create = { method: 'POST', key: 'cf:' };
const capture = { method: 'POST', key: 'cap:' };

// A connection that broke is tried once more by the SDK itself, under the same key; hence the twos.
describe('an answer of the provider that does not come', () => {
  it.each([
    ['is lost after the card was authorised', { match: create, fault: 'lost_reply', times: 2 }],
    ['is lost before anything was done', { match: create, fault: 'lost_request', times: 2 }],
    ['takes too long', { match: create, fault: 'delay_after', delayMs: 1500, times: 1 }],
    [
      'is late, as is what it was asked for',
      { match: create, fault: 'late', delayMs: 700, times: 1 },
    ],
    ['is an error, though it was done', { match: create, fault: 'error_after', times: 1 }],
    [
      'is an error that passes, though it was done',
      { match: create, fault: 'error_after', stored: false, times: 1 },
    ],
    ['is an error, and nothing was done', { match: create, fault: 'error_before', times: 1 }],
    ['is that it has too much to do', { match: create, fault: 'rate_limit', times: 1 }],
    ['is that the key is in use', { match: create, fault: 'key_in_use', times: 1 }],
  ])(
    'because it %s: pending at first, and paid once',
    async (_, rule) => {
      await shop.sandbox.setFaults({ rules: [rule] });
      const placed = await shop.post(shop.order());
      expect(placed.status).toBe(202);
      expect(placed.body).toMatchObject({ status: 'pending', payment: { status: 'pending' } });
      expect(await shop.settled(placed.body)).toMatchObject({ status: 'paid' });
      expect(await times(placed.body['id'], 'charge.captured')).toBe(1);
      expect(await times(placed.body['id'], 'payment_intent.created')).toBe(1);
    },
    20_000,
  );

  it.each([
    ['lost_reply', {}],
    ['lost_request', {}],
    ['error_after', {}],
    ['error_before', {}],
    ['late', { delayMs: 700 }],
    ['rate_limit', {}],
  ])(
    'to a capture (%s): paid once all the same',
    async (fault, more) => {
      await shop.sandbox.setFaults({ rules: [{ match: capture, fault, times: 1, ...more }] });
      const placed = await shop.post(shop.order());
      expect(placed.status).toBe(201);
      expect(await shop.settled(placed.body)).toMatchObject({ status: 'paid' });
      expect(await times(placed.body['id'], 'charge.captured')).toBe(1);
    },
    20_000,
  );

  it('about anything at all: every order is paid once when it is over', async () => {
    const faults = ['lost_reply', 'lost_request', 'error_after', 'key_in_use', 'rate_limit'];
    await shop.sandbox.setFaults({
      rules: faults.map((fault) => ({ match: {}, fault, probability: 0.08 })),
      webhooks: { duplicate: 3, reorder: 0.5, drop: 0.2, forge: 0.2 },
    });
    const answers = await Promise.all(Array.from({ length: 60 }, () => shop.post(shop.order())));
    const placed = answers.filter(({ status }) => status === 201 || status === 202);
    await sleep(1500);
    await shop.sandbox.setFaults({});
    for (const { body } of placed) {
      expect(await shop.settled(body, ['paid', 'cancelled'], 30_000)).toMatchObject({
        status: 'paid',
      });
    }
    await audit(shop);
  }, 90_000);
});

describe('a hold that ends', () => {
  beforeAll(() => shop.restart({ HOLD_MS: '600' }), 30_000);
  afterAll(() => shop.restart(), 30_000);

  it('while the card may still be authorised: the fence lets go of it, however late it comes', async () => {
    await shop.sandbox.setFaults({
      rules: [{ match: create, fault: 'late', delayMs: 1600, times: 1 }],
    });
    const placed = await shop.post(shop.order());
    expect(placed.status).toBe(202);
    expect(await shop.settled(placed.body)).toMatchObject({ status: 'cancelled' });
    const kinds = await kindsOf(placed.body['id']);
    expect(kinds).not.toContain('charge.captured');
    expect(kinds.at(-1)).toBe('payment_intent.canceled');
  }, 20_000);

  it('after a decline: the intent is cancelled, the goods are free, the cart may be bought anew', async () => {
    const wish = shop.order({ paymentMethod: 'pm_card_chargeDeclined' });
    const declined = await shop.post(wish);
    const id: string = declined.body['orderId'];
    const deadline = Date.now() + 10_000;
    while (!(await kindsOf(id)).includes('payment_intent.canceled')) {
      expect(Date.now()).toBeLessThan(deadline);
      await sleep(50);
    }
    await sleep(200);
    const paid = await shop.post({ ...wish, paymentMethod: 'pm_card_visa' });
    expect(paid.status).toBe(201);
    expect(paid.body['id']).not.toBe(id);
    expect(await shop.settled(paid.body)).toMatchObject({ status: 'paid' });
  }, 20_000);

  it('after an error that the provider keeps for good, with nothing made: cancelled', async () => {
    await shop.sandbox.setFaults({
      rules: [{ match: create, fault: 'error_before', stored: true, times: 1 }],
    });
    const placed = await shop.post(shop.order());
    expect(placed.status).toBe(202);
    expect(await shop.settled(placed.body, undefined, 25_000)).toMatchObject({
      status: 'cancelled',
    });
    expect(await kindsOf(placed.body['id'])).toEqual([]);
  }, 30_000);

  it('has no say once the card is authorised', async () => {
    await shop.sandbox.setFaults({ rules: [{ match: capture, fault: 'lost_request', times: 2 }] });
    const placed = await shop.post(shop.order());
    expect(placed.status).toBe(201);
    expect(await shop.settled(placed.body)).toMatchObject({ status: 'paid' });
  }, 20_000);
});

describe('an order that its owner cancels', () => {
  const cancel = (placed: Json) =>
    shop.send('POST', `/orders/${placed['id']}/cancel`, { token: placed['token'] });

  it('before it is paid is cancelled, twice as well as once, and nothing is charged', async () => {
    const wish = shop.order({ paymentMethod: 'pm_card_authenticationRequired' });
    const { body } = await shop.post(wish);
    const answers = await Promise.all([cancel(body), cancel(body)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await shop.settled(body)).toMatchObject({ status: 'cancelled' });
    expect((await cancel(body)).body).toMatchObject({ status: 'cancelled' });
    expect(await kindsOf(body['id'])).not.toContain('charge.captured');
    const told = await shop.published('payments.orders', body['id'], 2);
    expect(told.map(({ type }) => type)).toEqual([
      'payments.order.placed.v1',
      'payments.order.cancelled.v1',
    ]);
  }, 20_000);

  it('after it is paid stays paid', async () => {
    const { body } = await shop.post(shop.order());
    await shop.settled(body);
    const answer = await cancel(body);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'orders.already_paid' });
  });

  it('while it is being paid ends paid, cancelled, or given back, and never in between', async () => {
    const orders = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { body } = await shop.post(shop.order());
        await cancel(body);
        return body;
      }),
    );
    for (const body of orders) {
      expect(['paid', 'cancelled', 'refunded']).toContain((await shop.settled(body))['status']);
    }
    await audit(shop);
  }, 40_000);
});

describe('an authorisation that lapses before it is captured', () => {
  it('ends the order, and frees the goods', async () => {
    await shop.sandbox.setFaults({ rules: [{ match: capture, fault: 'lost_request' }] });
    const placed = await shop.post(shop.order());
    const intent = (await shop.sandbox.journal(placed.body['id']))[0]?.object;
    await shop.sandbox.post(`/_sandbox/payment_intents/${intent}/expire`);
    await shop.sandbox.setFaults({});
    expect(await shop.settled(placed.body)).toMatchObject({ status: 'cancelled' });
    await audit(shop);
  }, 20_000);
});

describe('a provider that is gone', () => {
  it('is not waited for by every shopper: orders are refused before they exist', async () => {
    await shop.sandbox.setFaults({ rules: [{ match: create, fault: 'lost_request' }] });
    const answers = [];
    for (let i = 0; i < 12; i += 1) answers.push(await shop.post(shop.order()));
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.body).toMatchObject({ code: 'payments.provider_unavailable' });
    expect(refused[0]?.headers.get('retry-after')).toBe('2');
    await shop.sandbox.setFaults({});
    for (const { body } of answers.filter(({ status }) => status === 202)) {
      expect(await shop.settled(body, undefined, 25_000)).toMatchObject({ status: 'paid' });
    }
  }, 60_000);
});

describe('a provider that speaks of other money', () => {
  it.each([
    ['amount', 'wrong_amount', 'EUR'],
    ['currency', 'wrong_currency', 'USD'],
  ])(
    'of another %s is not believed: the order stands still, and a person is told',
    async (_, fault, currency) => {
      await shop.sandbox.setFaults({ rules: [{ match: create, fault, times: 1 }] });
      const placed = await shop.post(shop.order());
      expect(placed.status).toBe(202);
      await sleep(2500);
      expect((await shop.read(placed.body)).body).toMatchObject({ status: 'pending' });
      const report = await shop.send('GET', '/reconciliation', { token: shop.admin });
      expect(report.body['breaks']).toContainEqual(
        expect.objectContaining({
          kind: 'amount_mismatch',
          orderId: placed.body['id'],
          amount: expect.objectContaining({ currency }),
        }),
      );
      expect(report.body['unexplained']).toContainEqual(expect.objectContaining({ currency }));
      expect(await kindsOf(placed.body['id'])).not.toContain('charge.captured');
    },
    20_000,
  );
});
