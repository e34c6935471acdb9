import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { type Sandbox, errorOf, holdParams, journalOf, send, startSandbox } from './sandbox.ts';

let sandbox: Sandbox;
let stripe: Stripe;
beforeAll(async () => {
  sandbox = await startSandbox();
  stripe = sandbox.stripe;
});
afterAll(() => sandbox.close());

const faultsUrl = (): string => `${sandbox.url}/_sandbox/faults`;
const put = async (plan: object): Promise<void> => {
  expect((await send(faultsUrl(), 'PUT', plan)).status).toBe(200);
};
afterEach(() => send(faultsUrl(), 'DELETE'));

const hold = (key: string, orderId = key): Promise<Stripe.Response<Stripe.PaymentIntent>> =>
  stripe.paymentIntents.create(holdParams({ metadata: { order_id: orderId } }), {
    idempotencyKey: key,
  });
const effectsOf = async (orderId: string): Promise<string[]> =>
  (await journalOf(sandbox.url))
    .filter(({ metadata }) => metadata['order_id'] === orderId)
    .map(({ kind }) => kind);
const held = ['payment_intent.created', 'payment_intent.amount_capturable_updated'];

describe('a fault', () => {
  it('lost_reply: the effect stands, and the key tells of it', async () => {
    const key = randomUUID();
    // The package itself tries once more after a broken connection, so two replies are lost.
    await put({
      rules: [{ fault: 'lost_reply', match: { path: '/v1/payment_intents' }, times: 2 }],
    });
    expect((await errorOf(hold(key))).type).toBe('StripeConnectionError');
    expect(await effectsOf(key)).toEqual(held);
    const again = await hold(key);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await effectsOf(key)).toEqual(held);
  });

  it('lost_request: nothing happened, and the same key does it', async () => {
    const key = randomUUID();
    await put({ rules: [{ fault: 'lost_request', times: 2 }] });
    await errorOf(hold(key));
    expect(await effectsOf(key)).toEqual([]);
    await hold(key);
    expect(await effectsOf(key)).toEqual(held);
  });

  it('error_before: a 500 with nothing done, and the key is free', async () => {
    const key = randomUUID();
    await put({ rules: [{ fault: 'error_before', status: 503, times: 1 }] });
    expect(await errorOf(hold(key))).toMatchObject({ type: 'StripeAPIError', statusCode: 503 });
    expect(await effectsOf(key)).toEqual([]);
    expect((await hold(key)).status).toBe('requires_capture');
  });

  it('error_before, stored: the key answers the 500 for good, with nothing done', async () => {
    const key = randomUUID();
    await put({ rules: [{ fault: 'error_before', stored: true, times: 1 }] });
    for (let i = 0; i < 2; i += 1) expect((await errorOf(hold(key))).statusCode).toBe(500);
    expect(await effectsOf(key)).toEqual([]);
  });

  it('error_after: done, but the key answers the 500 for good; a search finds it', async () => {
    const key = randomUUID();
    await put({ rules: [{ fault: 'error_after', times: 1 }] });
    for (let i = 0; i < 2; i += 1) expect((await errorOf(hold(key))).statusCode).toBe(500);
    expect(await effectsOf(key)).toEqual(held);
    const found = await stripe.paymentIntents.search({ query: `metadata['order_id']:'${key}'` });
    expect(found.data).toMatchObject([{ status: 'requires_capture' }]);
  });

  it('error_after, not stored: done, and the key tells the truth', async () => {
    const key = randomUUID();
    await put({ rules: [{ fault: 'error_after', stored: false, times: 1 }] });
    expect((await errorOf(hold(key))).statusCode).toBe(500);
    expect((await hold(key)).status).toBe('requires_capture');
    expect(await effectsOf(key)).toEqual(held);
  });

  it('late: the caller is gone before it is done', async () => {
    const key = randomUUID();
    await put({ rules: [{ fault: 'late', delayMs: 600, match: { key }, times: 1 }] });
    // The package tries again at once, and hears that the key is in use.
    expect(await errorOf(hold(key))).toMatchObject({ code: 'idempotency_key_in_use' });
    expect(await effectsOf(key)).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(await effectsOf(key)).toEqual(held);
  });

  it('delay and delay_after: before the effect and behind it', async () => {
    for (const [fault, seen] of [
      ['delay', []],
      ['delay_after', held],
    ] as const) {
      const key = randomUUID();
      await put({ rules: [{ fault, delayMs: 400, match: { metadata: { order_id: key } } }] });
      const started = Date.now();
      const answer = hold(key);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await effectsOf(key)).toEqual(seen);
      expect((await answer).status).toBe('requires_capture');
      expect(Date.now() - started).toBeGreaterThanOrEqual(395);
    }
  });

  it('key_in_use and rate_limit: refused, to be tried again', async () => {
    const key = randomUUID();
    await put({
      rules: [
        { fault: 'key_in_use', times: 1 },
        { fault: 'rate_limit', times: 1 },
      ],
    });
    expect(await errorOf(hold(key))).toMatchObject({
      statusCode: 409,
      code: 'idempotency_key_in_use',
    });
    expect(await errorOf(hold(key))).toMatchObject({ type: 'StripeRateLimitError' });
    expect((await hold(key)).status).toBe('requires_capture');
  });

  it('wrong_amount: the answer lies, the journal does not', async () => {
    const key = randomUUID();
    await put({ rules: [{ fault: 'wrong_amount', times: 1 }] });
    expect((await hold(key)).amount).toBe(12_901);
    expect((await hold(key)).amount).toBe(12_900);
  });

  it('strikes what is about an intent by the metadata of the intent', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const [first, second] = [await hold(a), await hold(b)];
    await put({
      rules: [{ fault: 'rate_limit', match: { path: '^.*/capture$', metadata: { order_id: a } } }],
    });
    expect((await errorOf(stripe.paymentIntents.capture(first.id))).statusCode).toBe(429);
    expect((await stripe.paymentIntents.capture(second.id)).status).toBe('succeeded');
    expect(await (await fetch(faultsUrl())).json()).toMatchObject({ rules: [{ fired: 1 }] });
  });

  it('searchLagMs: search does not know yet what was just made', async () => {
    const key = randomUUID();
    await put({ searchLagMs: 60_000 });
    const { id } = await hold(key);
    const found = await stripe.paymentIntents.search({ query: `metadata['order_id']:'${key}'` });
    expect(found.data).toEqual([]);
    expect((await stripe.paymentIntents.list({ limit: 1 })).data).toMatchObject([{ id }]);
  });

  it('that cannot be is refused, and what was in force stays', async () => {
    await put({ seed: 7, rules: [{ fault: 'rate_limit', probability: 0 }] });
    const answer = await send(faultsUrl(), 'PUT', { rules: [{ fault: 'explode', match: {} }] });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: 'request.invalid',
      errors: [{ pointer: '#/rules/0/fault' }],
    });
    expect(await (await fetch(faultsUrl())).json()).toMatchObject({ seed: 7 });
  });
});
