import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, holdParams, journalOf, send, startSandbox } from './sandbox.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
}, 30_000);
afterAll(() => sandbox.close());

const returnUrl = 'https://shop.example/orders/7?token=abc';

/** An intent whose cardholder is to be asked, and the path of the page that asks her. */
const ask = async (more: object = {}) => {
  const intent = await sandbox.stripe.paymentIntents.create(
    holdParams({
      payment_method: 'pm_card_authenticationRequired',
      allowed_payment_method_types: ['card'],
      automatic_payment_methods: { enabled: true, allow_redirects: 'always' },
      return_url: returnUrl,
      ...more,
    }),
  );
  const url = intent.next_action?.redirect_to_url?.url ?? '';
  return { id: intent.id, page: sandbox.url + new URL(url).pathname };
};

const answer = (page: string, outcome: string): Promise<Response> =>
  fetch(page, { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' });

const statusOf = async (id: string): Promise<string> =>
  (await sandbox.stripe.paymentIntents.retrieve(id)).status;

describe('the bank’s page', () => {
  it('asks without script, and shows the amount', async () => {
    const { id, page } = await ask();
    const shown = await fetch(page);
    const html = await shown.text();
    expect(shown.headers.get('content-type')).toContain('text/html');
    expect(html).toContain('€');
    expect(html).toContain('value="succeed"');
    expect(html).not.toContain('<script');
    expect(await statusOf(id)).toBe('requires_action');
  });

  it.each([
    ['succeed', 'requires_capture', 'succeeded'],
    ['fail', 'requires_payment_method', 'failed'],
  ])('after “%s” leads back to the shop, once and again', async (outcome, status, told) => {
    const { id, page } = await ask();
    for (const each of [outcome, 'succeed', 'fail']) {
      const back = await answer(page, each);
      expect(back.status).toBe(303);
      expect(back.headers.get('location')).toBe(
        `${returnUrl}&payment_intent=${id}&redirect_status=${told}`,
      );
    }
    expect(await statusOf(id)).toBe(status);
    expect(await (await fetch(page)).text()).not.toContain('value="succeed"');
    const kinds = (await journalOf(sandbox.url)).filter(({ object }) => object === id);
    expect(kinds.map(({ kind }) => kind)).toHaveLength(3);
  });

  it('moves nothing once the shop has withdrawn the payment', async () => {
    const { id, page } = await ask();
    await sandbox.stripe.paymentIntents.cancel(id);
    expect((await answer(page, 'succeed')).headers.get('location')).toContain(
      'redirect_status=failed',
    );
    expect(await statusOf(id)).toBe('canceled');
    expect(await (await fetch(page)).text()).toContain('withdrawn');
  });

  it('is nobody’s without its secret, and takes no other answer', async () => {
    const { id, page } = await ask();
    const guessed = page.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
    expect((await fetch(guessed)).status).toBe(404);
    expect((await answer(guessed, 'succeed')).status).toBe(404);
    expect((await answer(page, 'maybe')).status).toBe(400);
    expect(await statusOf(id)).toBe('requires_action');
  });
});

describe('a dispute', () => {
  const capture = async (): Promise<string> => {
    const held = await sandbox.stripe.paymentIntents.create(holdParams({ amount: 6390 }));
    return (await sandbox.stripe.paymentIntents.capture(held.id)).id;
  };
  const post = async (path: string, body?: object) => {
    const sent = await send(`${sandbox.url}/_sandbox/${path}`, 'POST', body);
    return { status: sent.status, body: (await sent.json()) as { id: string; status: string } };
  };
  const balance = async (): Promise<number> =>
    (await sandbox.stripe.balance.retrieve()).available[0]?.amount ?? 0;

  it('takes the money, and gives it back when it is won', async () => {
    const id = await capture();
    const before = await balance();
    const { body: dispute } = await post(`payment_intents/${id}/dispute`, { amount: 1000 });
    expect(dispute).toMatchObject({ object: 'dispute', amount: 1000, status: 'needs_response' });
    expect(await balance()).toBe(before - 1000);
    const listed = await sandbox.stripe.disputes.list({ payment_intent: id });
    expect(listed.data).toMatchObject([{ id: dispute.id, payment_intent: id, currency: 'eur' }]);
    await expect(sandbox.stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      code: 'charge_disputed',
    });
    expect((await post(`disputes/${dispute.id}/close`, { status: 'won' })).status).toBe(200);
    expect(await balance()).toBe(before);
    expect((await post(`disputes/${dispute.id}/close`, { status: 'lost' })).status).toBe(409);
    const moved = await sandbox.stripe.balanceTransactions.list({ source: dispute.id });
    expect(moved.data.map((each) => [each.reporting_category, each.amount])).toEqual([
      ['dispute_reversal', 1000],
      ['dispute', -1000],
    ]);
    expect(await sandbox.stripe.disputes.retrieve(dispute.id)).toMatchObject({ status: 'won' });
    expect((await sandbox.stripe.refunds.create({ payment_intent: id })).status).toBe('succeeded');
  });

  it('keeps the money when it is lost, unless an appeal is won', async () => {
    const id = await capture();
    const before = await balance();
    const { body: dispute } = await post(`payment_intents/${id}/dispute`);
    await post(`disputes/${dispute.id}/close`, { status: 'lost' });
    await post(`disputes/${dispute.id}/close`, { status: 'lost' });
    expect(await balance()).toBe(before - 6390);
    expect((await post(`payment_intents/${id}/dispute`)).status).toBe(409);
    await post(`disputes/${dispute.id}/close`, { status: 'won' });
    expect(await balance()).toBe(before);
    const kinds = (await journalOf(sandbox.url)).filter(({ object }) => object === dispute.id);
    expect(kinds.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['charge.dispute.created', 6390],
      ['charge.dispute.closed', 6390],
      ['charge.dispute.funds_reinstated', 6390],
    ]);
  });

  it('is refused of what was not captured', async () => {
    const held = await sandbox.stripe.paymentIntents.create(holdParams());
    expect((await post(`payment_intents/${held.id}/dispute`)).status).toBe(409);
    expect((await post('payment_intents/pi_none/dispute')).status).toBe(404);
    expect((await post('disputes/du_none/close', { status: 'won' })).status).toBe(404);
  });
});
