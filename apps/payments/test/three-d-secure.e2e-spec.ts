import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { audit, auditAndClose } from './audit.ts';
import { type Json, type Shop, startPayments } from './started.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await startPayments({ PSP_TIMEOUT_MS: '800' });
  await shop.stock('shirt-m', 1000);
}, 60_000);
afterEach(() => shop.sandbox.setFaults({}));
afterAll(() => auditAndClose(shop), 60_000);

const returnUrl = 'https://shop.example/orders';

/** An order whose shopper is asked by her bank, and that bank's page. */
const ask = async (paymentMethod = 'pm_card_authenticationRequired') => {
  const wish = shop.order({ paymentMethod, returnUrl });
  const placed = await shop.post(wish);
  expect(placed).toMatchObject({
    status: 202,
    body: { status: 'pending', payment: { status: 'requires_action' } },
  });
  const { actionUrl } = placed.body['payment'] as { actionUrl: string };
  const page = shop.sandbox.url + new URL(actionUrl).pathname;
  return { wish, placed: placed.body, page };
};

/** What she does there; the address that she is sent back to. */
const answer = async (page: string, outcome: 'succeed' | 'fail'): Promise<URL> => {
  const body = new URLSearchParams({ outcome });
  const back = await fetch(page, { method: 'POST', body, redirect: 'manual' });
  expect(back.status).toBe(303);
  return new URL(back.headers.get('location') ?? '');
};

const comeBack = (placed: Json) =>
  shop.send('POST', `/orders/${placed['id']}/returned`, { token: placed['token'] });

const count = async (orderId: string, kind: string): Promise<number> =>
  (await shop.sandbox.journal(orderId)).filter((entry) => entry.kind === kind).length;

describe('a shopper whose bank asks her', () => {
  it('approves, comes back, and has paid once', async () => {
    const { placed, page } = await ask();
    expect((await shop.read(placed)).body).toMatchObject({
      payment: { status: 'requires_action', actionUrl: placed['payment'].actionUrl },
    });
    const back = await answer(page, 'succeed');
    expect(back.origin + back.pathname).toBe(`${returnUrl}/${placed['id']}`);
    expect(back.searchParams.get('token')).toBe(placed['token']);
    const seen = await comeBack(placed);
    expect(seen.status).toBe(200);
    expect(['authorized', 'paid']).toContain(seen.body['status']);
    expect(seen.body['payment'].actionUrl).toBeUndefined();
    expect(await shop.settled(placed)).toMatchObject({ status: 'paid' });
    expect(await count(placed['id'], 'charge.captured')).toBe(1);
  }, 20_000);

  it('comes back before any webhook does, and need not wait for one', async () => {
    await shop.sandbox.setFaults({ webhooks: { drop: 1 } });
    const { placed, page } = await ask();
    // So long that the driver's own looks have become rare.
    await sleep(2500);
    await answer(page, 'succeed');
    expect(['authorized', 'paid']).toContain((await comeBack(placed)).body['status']);
    expect(await shop.settled(placed)).toMatchObject({ status: 'paid' });
  }, 20_000);

  it('never comes back, but her bank tells: paid once', async () => {
    const { placed, page } = await ask();
    await answer(page, 'succeed');
    expect(await shop.settled(placed)).toMatchObject({ status: 'paid' });
    expect(await count(placed['id'], 'charge.captured')).toBe(1);
  }, 20_000);

  it('comes back many times, at once and later: paid once', async () => {
    const { placed, page } = await ask();
    await Promise.all([1, 2, 3].map(() => answer(page, 'succeed')));
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => comeBack(placed)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await shop.settled(placed)).toMatchObject({ status: 'paid' });
    await answer(page, 'fail');
    expect((await comeBack(placed)).body).toMatchObject({ status: 'paid' });
    expect(await count(placed['id'], 'charge.captured')).toBe(1);
    const { body } = await shop.send('GET', `/ledger/transfers?orderId=${placed['id']}`, {
      token: shop.admin,
    });
    expect(body['items']).toHaveLength(1);
  }, 20_000);

  it('comes back without having answered: is asked again, and nothing has happened', async () => {
    const { placed } = await ask();
    expect((await comeBack(placed)).body).toMatchObject({
      status: 'pending',
      payment: { status: 'requires_action', actionUrl: placed['payment'].actionUrl },
    });
    await shop.send('POST', `/orders/${placed['id']}/cancel`, { token: placed['token'] });
    expect(await shop.settled(placed)).toMatchObject({ status: 'cancelled' });
  }, 20_000);

  it('refuses: not charged, and pays with another card, which asks her too', async () => {
    const { wish, placed, page } = await ask();
    await answer(page, 'fail');
    expect((await comeBack(placed)).body).toMatchObject({
      status: 'pending',
      payment: { status: 'declined', declineCode: 'authentication_failed' },
    });
    const again = await shop.post({ ...wish, paymentMethod: 'pm_card_threeDSecure2Required' });
    expect(again.body).toMatchObject({ id: placed['id'], payment: { status: 'requires_action' } });
    const page2 = shop.sandbox.url + new URL(again.body['payment'].actionUrl).pathname;
    await answer(page2, 'succeed');
    await comeBack(placed);
    expect(await shop.settled(placed)).toMatchObject({ status: 'paid' });
    expect(await count(placed['id'], 'charge.captured')).toBe(1);
    expect(await count(placed['id'], 'payment_intent.created')).toBe(1);
  }, 20_000);

  it('approves, but her bank has no money for it: declined, and not charged', async () => {
    const card = 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds';
    const { placed, page } = await ask(card);
    await answer(page, 'succeed');
    expect((await comeBack(placed)).body).toMatchObject({ payment: { status: 'declined' } });
    await shop.send('POST', `/orders/${placed['id']}/cancel`, { token: placed['token'] });
    expect(await shop.settled(placed)).toMatchObject({ status: 'cancelled' });
  }, 20_000);

  it('is asked again under the same key where the answer was lost', async () => {
    const wish = shop.order({ paymentMethod: 'pm_card_authenticationRequired', returnUrl });
    const key = randomUUID();
    const first = await shop.post(wish, key);
    const again = await shop.post(wish, key);
    expect(again.text).toBe(first.text);
    const other = await shop.post(wish);
    expect(other.body).toMatchObject({ id: first.body['id'], payment: first.body['payment'] });
    const { id, token } = first.body;
    await shop.send('POST', `/orders/${id}/cancel`, { token });
  }, 20_000);

  it.each(['javascript:alert(1)', 'https://shop.example/orders?x=1', '/orders', 'ftp://x/y'])(
    'cannot be sent back to %s',
    async (url) => {
      expect(await shop.post(shop.order({ returnUrl: url }))).toMatchObject({ status: 400 });
    },
  );
});

describe('a shopper who is too late', () => {
  beforeAll(() => shop.restart({ HOLD_MS: '1500' }), 70_000);
  afterAll(() => shop.restart(), 70_000);

  it('finds the order cancelled, the payment withdrawn, and nothing charged', async () => {
    const { placed, page } = await ask();
    expect(await shop.settled(placed)).toMatchObject({ status: 'cancelled' });
    const back = await answer(page, 'succeed');
    expect(back.searchParams.get('redirect_status')).toBe('failed');
    expect((await comeBack(placed)).body).toMatchObject({ status: 'cancelled' });
    await sleep(500);
    expect(await count(placed['id'], 'charge.captured')).toBe(0);
    expect(await count(placed['id'], 'payment_intent.amount_capturable_updated')).toBe(0);
  }, 20_000);

  it('by a hair ends paid or cancelled, and never both', async () => {
    const orders = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const { placed, page } = await ask();
        await sleep(1100 + i * 120);
        await answer(page, 'succeed');
        await comeBack(placed);
        return placed;
      }),
    );
    for (const placed of orders) {
      const { status } = await shop.settled(placed);
      expect(['paid', 'cancelled']).toContain(status);
      expect(await count(placed['id'], 'charge.captured')).toBe(status === 'paid' ? 1 : 0);
    }
    await audit(shop);
  }, 40_000);
});
