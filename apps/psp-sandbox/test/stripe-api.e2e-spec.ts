import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findOpenApiFaultsAt } from '../../../libs/http/test/openapi.ts';
import type Stripe from 'stripe';
import {
  type Sandbox,
  clientOf,
  errorOf,
  holdParams,
  journalOf,
  send,
  startSandbox,
} from './sandbox.ts';

let sandbox: Sandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await startSandbox();
  stripe = sandbox.stripe;
});
afterAll(() => sandbox.close());

const kindsOf = async (id: string): Promise<string[]> =>
  (await journalOf(sandbox.url)).filter(({ object }) => object === id).map(({ kind }) => kind);

describe('payment intents', () => {
  it('are created, confirmed, captured and shown by the official package', async () => {
    const held = await stripe.paymentIntents.create(
      holdParams({ metadata: { order_id: 'o-1' }, expand: ['latest_charge'] }),
    );
    expect(held).toMatchObject({
      object: 'payment_intent',
      status: 'requires_capture',
      amount: 12_900,
      amount_capturable: 12_900,
      currency: 'eur',
      metadata: { order_id: 'o-1' },
      latest_charge: { object: 'charge', captured: false, amount: 12_900 },
    });
    expect(held.id).toMatch(/^pi_[0-9A-Za-z]{24}$/);
    expect(held.lastResponse.requestId).toMatch(/^req_[0-9A-Za-z]{24}$/);
    const captured = await stripe.paymentIntents.capture(held.id, {
      expand: ['latest_charge.balance_transaction'],
    });
    expect(captured).toMatchObject({
      status: 'succeeded',
      amount_received: 12_900,
      amount_capturable: 0,
      latest_charge: {
        captured: true,
        balance_transaction: { object: 'balance_transaction', net: 12_900, fee: 0 },
      },
    });
    expect((await stripe.paymentIntents.retrieve(held.id)).status).toBe('succeeded');
    expect(await kindsOf(held.id)).toEqual([
      'payment_intent.created',
      'payment_intent.amount_capturable_updated',
      'charge.captured',
    ]);
  });

  it('can be created first and confirmed later', async () => {
    const { id, status } = await stripe.paymentIntents.create(
      holdParams({ confirm: false, payment_method: undefined as unknown as string }),
    );
    expect(status).toBe('requires_payment_method');
    const confirmed = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(confirmed.status).toBe('requires_capture');
  });

  it('are captured in part, and once', async () => {
    const { id } = await stripe.paymentIntents.create(holdParams());
    const part = await stripe.paymentIntents.capture(id, { amount_to_capture: 900 });
    expect(part).toMatchObject({ amount_received: 900, amount_capturable: 0 });
    const error = await errorOf(stripe.paymentIntents.capture(id));
    expect(error).toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { id, status: 'succeeded' },
    });
  });

  it('are canceled before capture and not after', async () => {
    const held = await stripe.paymentIntents.create(holdParams());
    const canceled = await stripe.paymentIntents.cancel(held.id, {
      cancellation_reason: 'abandoned',
    });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    expect(await errorOf(stripe.paymentIntents.capture(held.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    expect(await errorOf(stripe.paymentIntents.cancel(held.id))).toMatchObject({
      payment_intent: { status: 'canceled' },
    });
    const paid = await stripe.paymentIntents.create(holdParams({ capture_method: 'automatic' }));
    expect(paid.status).toBe('succeeded');
    expect(await errorOf(stripe.paymentIntents.cancel(paid.id))).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { status: 'succeeded' },
    });
  });

  it.each([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ])('are declined with %s, and take another card', async (paymentMethod, code, declineCode) => {
    const error = await errorOf(
      stripe.paymentIntents.create(holdParams({ payment_method: paymentMethod })),
    );
    expect(error).toMatchObject({
      type: 'StripeCardError',
      rawType: 'card_error',
      statusCode: 402,
      code,
      decline_code: declineCode,
      payment_intent: {
        status: 'requires_payment_method',
        last_payment_error: { code, decline_code: declineCode, type: 'card_error' },
      },
    });
    const id = error.payment_intent?.id ?? '';
    expect(error.payment_intent?.latest_charge).toBe(error.charge);
    const paid = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ id, status: 'requires_capture', last_payment_error: null });
    expect(await kindsOf(id)).toEqual([
      'payment_intent.created',
      'payment_intent.payment_failed',
      'payment_intent.amount_capturable_updated',
    ]);
  });

  it('wait for the cardholder, who succeeds or fails', async () => {
    for (const [outcome, status] of [
      ['succeed', 'requires_capture'],
      ['fail', 'requires_payment_method'],
    ] as const) {
      const asked = await stripe.paymentIntents.create(
        holdParams({ payment_method: 'pm_card_authenticationRequired' }),
      );
      expect(asked).toMatchObject({
        status: 'requires_action',
        next_action: { type: 'use_stripe_sdk' },
      });
      const url = `${sandbox.url}/_sandbox/payment_intents/${asked.id}/authenticate`;
      const answer = await send(url, 'POST', { outcome });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ id: asked.id, status });
      expect((await send(url, 'POST', { outcome })).status).toBe(409);
    }
    const unknown = `${sandbox.url}/_sandbox/payment_intents/pi_none/authenticate`;
    expect((await send(unknown, 'POST', { outcome: 'fail' })).status).toBe(404);
  });

  it('lapse when the bank lets the authorisation go', async () => {
    const { id } = await stripe.paymentIntents.create(holdParams());
    await send(`${sandbox.url}/_sandbox/payment_intents/${id}/expire`, 'POST');
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
    });
  });

  it('are listed in pages and found by metadata', async () => {
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const metadata = { batch: 'b-1', n: `${n}` };
      made.unshift((await stripe.paymentIntents.create(holdParams({ metadata }))).id);
    }
    const first = await stripe.paymentIntents.list({ limit: 2, expand: ['data.latest_charge'] });
    expect(first.data.map(({ id }) => id)).toEqual(made.slice(0, 2));
    expect(first.has_more).toBe(true);
    expect(first.data[0]?.latest_charge).toMatchObject({ object: 'charge' });
    const listed: string[] = [];
    for await (const { id } of stripe.paymentIntents.list({ limit: 2 })) {
      listed.push(id);
      if (listed.length === 5) break;
    }
    expect(listed).toEqual(made);
    const found: string[] = [];
    const query = "metadata['batch']:'b-1'";
    for await (const { id } of stripe.paymentIntents.search({ query, limit: 2 })) found.push(id);
    expect(found).toEqual(made);
    const last = await stripe.paymentIntents.search({ query: `${query} AND metadata['n']:'4'` });
    expect(last.data.map(({ id }) => id)).toEqual(made.slice(0, 1));
  });
});

describe('refunds', () => {
  it('give back in parts up to what was captured', async () => {
    const { id } = await stripe.paymentIntents.create(holdParams());
    await stripe.paymentIntents.capture(id);
    const metadata = { refund_id: 'r-1' };
    const part = await stripe.refunds.create({ payment_intent: id, amount: 2900, metadata });
    expect(part).toMatchObject({ object: 'refund', status: 'succeeded', amount: 2900, metadata });
    expect(
      await errorOf(stripe.refunds.create({ payment_intent: id, amount: 10_001 })),
    ).toMatchObject({ statusCode: 400, param: 'amount' });
    const rest = await stripe.refunds.create({
      payment_intent: id,
      reason: 'requested_by_customer',
    });
    expect(rest.amount).toBe(10_000);
    expect(await errorOf(stripe.refunds.create({ payment_intent: id }))).toMatchObject({
      code: 'charge_already_refunded',
    });
    const listed = await stripe.refunds.list({ payment_intent: id });
    expect(listed.data.map((refund) => refund.id)).toEqual([rest.id, part.id]);
    const shown = await stripe.refunds.retrieve(part.id, { expand: ['charge'] });
    expect(shown.charge).toMatchObject({ amount_refunded: 12_900, refunded: true });
    expect(await kindsOf(part.id)).toEqual(['refund.created']);
  });

  it('wait with the card whose refunds are slow, and come back with the one whose refunds fail', async () => {
    const refundWith = async (paymentMethod: string): Promise<Stripe.Refund> => {
      const { id } = await stripe.paymentIntents.create(
        holdParams({ payment_method: paymentMethod, capture_method: 'automatic' }),
      );
      return stripe.refunds.create({ payment_intent: id });
    };
    const slow = await refundWith('pm_card_pendingRefund');
    expect(slow.status).toBe('pending');
    await send(`${sandbox.url}/_sandbox/refunds/${slow.id}/settle`, 'POST', {
      status: 'succeeded',
    });
    expect((await stripe.refunds.retrieve(slow.id)).status).toBe('succeeded');
    expect(await kindsOf(slow.id)).toEqual(['refund.created', 'refund.updated']);

    const failing = await refundWith('pm_card_refundFail');
    expect(failing.status).toBe('succeeded');
    let status: string | null = 'succeeded';
    for (let i = 0; i < 80 && status !== 'failed'; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      ({ status } = await stripe.refunds.retrieve(failing.id));
    }
    expect(status).toBe('failed');
    expect(await kindsOf(failing.id)).toEqual(['refund.created', 'refund.failed']);
    const charge = await stripe.charges.retrieve(failing.charge as string);
    expect(charge).toMatchObject({ refunded: false, amount_refunded: 0 });
  });

  it('are refused for what was never captured', async () => {
    const { id } = await stripe.paymentIntents.create(holdParams());
    expect((await errorOf(stripe.refunds.create({ payment_intent: id }))).message).toContain(
      'does not have a successful charge to refund',
    );
  });
});

describe('the books', () => {
  it('balance: what was captured less what was given back', async () => {
    const own = await startSandbox();
    try {
      const { id } = await own.stripe.paymentIntents.create(holdParams({ currency: 'usd' }));
      await own.stripe.paymentIntents.capture(id);
      const refund = await own.stripe.refunds.create({ payment_intent: id, amount: 900 });
      const transactions = await own.stripe.balanceTransactions.list({ currency: 'usd' });
      expect(transactions.data.map(({ type, amount }) => [type, amount])).toEqual([
        ['refund', -900],
        ['charge', 12_900],
      ]);
      const ofRefund = await own.stripe.balanceTransactions.list({ source: refund.id });
      expect(ofRefund.data).toHaveLength(1);
      const { available } = await own.stripe.balance.retrieve();
      expect(available).toMatchObject([{ currency: 'usd', amount: 12_000 }]);
      const [charge] = (await own.stripe.charges.list({ payment_intent: id })).data;
      expect(charge).toMatchObject({ captured: true, amount_refunded: 900 });
    } finally {
      await own.close();
    }
  });

  it('keep every event, with the object as it was then', async () => {
    const since = Math.floor(Date.now() / 1000);
    const { id } = await stripe.paymentIntents.create(holdParams());
    await stripe.paymentIntents.capture(id, {}, { idempotencyKey: `cap:${id}` });
    const events: Stripe.Event[] = [];
    for await (const event of stripe.events.list({ limit: 3, created: { gte: since } })) {
      if ((event.data.object as { id: string }).id === id) events.push(event);
    }
    expect(
      events.map(({ type, data }) => [type, (data.object as Stripe.PaymentIntent).status]),
    ).toEqual([
      ['payment_intent.succeeded', 'succeeded'],
      ['payment_intent.amount_capturable_updated', 'requires_capture'],
      ['payment_intent.created', 'requires_confirmation'],
    ]);
    const shown = await stripe.events.retrieve(events[0]?.id ?? '');
    expect(shown).toMatchObject({
      object: 'event',
      livemode: false,
      request: { idempotency_key: `cap:${id}` },
    });
    const ofType = await stripe.events.list({ type: 'payment_intent.succeeded', limit: 1 });
    expect(ofType.data[0]?.id).toBe(shown.id);
  });
});

describe('what Stripe would refuse', () => {
  it.each([
    ['no amount', { amount: undefined }, 'amount', 'parameter_missing'],
    ['half an amount', { amount: 1.5 }, 'amount', 'parameter_invalid_integer'],
    ['no money', { amount: 0 }, 'amount', undefined],
    ['too much', { amount: 100_000_000 }, 'amount', undefined],
    ['no such currency', { currency: 'xyz' }, 'currency', undefined],
    ['a parameter it does not know', { customer: 'cus_1' }, 'customer', 'parameter_unknown'],
    ['no such card', { payment_method: 'pm_x' }, 'payment_method', 'resource_missing'],
    ['no such expansion', { expand: ['nothing'] }, 'expand', undefined],
  ])('is refused: %s', async (_what, fields, param, code) => {
    const before = (await journalOf(sandbox.url)).length;
    const error = await errorOf(
      stripe.paymentIntents.create(holdParams(fields as Partial<Stripe.PaymentIntentCreateParams>)),
    );
    expect([error.type, error.statusCode]).toEqual(['StripeInvalidRequestError', 400]);
    expect([error.param, error.code]).toEqual([param, code]);
    expect(await journalOf(sandbox.url)).toHaveLength(before);
  });

  it('is refused: an id that is nothing here, and a path that it does not have', async () => {
    expect(await errorOf(stripe.paymentIntents.retrieve('pi_none'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      message: "No such payment_intent: 'pi_none'",
    });
    expect(await errorOf(stripe.customers.list())).toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 404,
    });
    expect(await errorOf(stripe.paymentIntents.list({ starting_after: 'pi_none' }))).toMatchObject({
      param: 'starting_after',
    });
  });

  it('is refused: whoever does not have the key', async () => {
    const stranger = clientOf(sandbox.url, 'sk_test_somebody_else');
    expect(await errorOf(stranger.balance.retrieve())).toMatchObject({
      type: 'StripeAuthenticationError',
      statusCode: 401,
    });
    expect((await fetch(`${sandbox.url}/v1/balance`)).status).toBe(401);
    const basic = `Basic ${Buffer.from('sk_test_e2e_0123456789:').toString('base64')}`;
    const answer = await fetch(`${sandbox.url}/v1/balance`, { headers: { authorization: basic } });
    expect(answer.status).toBe(200);
  });

  it('is refused, and kept nowhere: a card number', async () => {
    const number = ['4242', '4242', '4242', '4242'].join(' ');
    for (const fields of [
      { description: `card ${number}` },
      { metadata: { note: number } },
      { shipping: { name: number, address: { line1: 'x' } } },
    ]) {
      const error = await errorOf(stripe.paymentIntents.create(holdParams(fields)));
      expect(error.message).toContain('generally unsafe');
      expect(JSON.stringify(error.raw)).not.toContain('4242 4242');
    }
    expect(JSON.stringify(await journalOf(sandbox.url))).not.toContain('4242 4242');
  });

  it.each([
    ['JSON', '{"amount":1}', 'application/json', 400],
    ['XML', '<a/>', 'application/xml', 415],
    ['a broken form', 'a=%E0%A4%A', 'application/x-www-form-urlencoded', 400],
    ['a field named __proto__', '__proto__[a]=1', 'application/x-www-form-urlencoded', 400],
    ['a large form', `a=${'x'.repeat(300_000)}`, 'application/x-www-form-urlencoded', 413],
  ])('is refused in its own error object: %s', async (_what, body, type, status) => {
    const answer = await fetch(`${sandbox.url}/v1/payment_intents`, {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer sk_test_e2e_0123456789` },
      body,
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.headers.get('request-id')).toMatch(/^req_/);
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });
});

describe('the sandbox itself', () => {
  it('is a service like the others', async () => {
    for (const path of ['livez', 'readyz', 'metrics', 'version', 'openapi.json'])
      expect((await fetch(`${sandbox.url}/${path}`)).status).toBe(200);
    const document = (await (await fetch(`${sandbox.url}/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/v1/payment_intents/{id}/confirm', '/_sandbox/faults']),
    );
    expect(await findOpenApiFaultsAt(sandbox.url)).toEqual([]);
  });

  it('tells the effects after a number, one JSON object a line', async () => {
    const all = await journalOf(sandbox.url);
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, i) => i + 1));
    const answer = await fetch(`${sandbox.url}/_sandbox/journal?after=${all.length - 1}`);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    expect(JSON.parse(await answer.text())).toEqual(all.at(-1));
  });

  it('does not let a page of another site reach its switches', async () => {
    const answer = await fetch(`${sandbox.url}/_sandbox/prune-keys`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'auth.required' });
  });

  it('does not start in production, nor without its settings', async () => {
    await expect(startSandbox({ NODE_ENV: 'production' })).rejects.toThrow(
      /NODE_ENV is production/,
    );
    await expect(startSandbox({ WEBHOOK_URL: 'http://127.0.0.1:1/' })).rejects.toThrow(
      /WEBHOOK_SECRET/,
    );
  });
});
